#pragma once
// The first candidates of a graph's output rows, found on the device.

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/buffer.h"
#include "engine/backend/cuda/kernel_set.h"

namespace rbee::engine::cuda {

class CandidateSearch {
 public:
  /// Bytes of device memory for the largest step; 0 for a graph whose output has a row per token.
  static std::uint64_t bytes_needed(const Graph& graph, const StepLimits& limits);

  /// `output` are the graph's output rows on the device. Throws Error{kExhausted}.
  CandidateSearch(const Device& device, KernelSet& kernels, const Graph& graph, const StepLimits& limits,
                  const float* output);

  /// As Backend::run_candidates, of the first `rows` output rows as the work on the stream leaves them.
  void run(std::size_t rows, std::uint32_t count, std::span<Candidate> output);

 private:
  void launch(CuFunction kernel, std::uint32_t blocks, std::size_t rows, std::uint32_t count);

  const Device& device_;
  const CuFunction of_slices_, of_rows_;
  const float* const values_;
  const std::uint32_t columns_, stride_, slices_, rows_max_;
  Buffer ranks_, found_;
  HostBuffer copied_;
};

}  // namespace rbee::engine::cuda
