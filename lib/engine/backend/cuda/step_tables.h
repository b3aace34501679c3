#pragma once
// What kernels must know about a step: written by the host before each, read through kernels/step_view.h.

#include <cstdint>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/buffer.h"

namespace rbee::engine::cuda {

class StepTables {
 public:
  StepTables(const Device& device, const Graph& graph, const KvLayout& kv, const StepLimits& limits);

  /// Puts the step's words on the stream to the device: only those that it needs. The last step must be done. Throws
  /// Error{kExhausted} when the step's block tables are larger than memory was taken for.
  void write(const Step& step);

  const std::uint32_t* words() const { return buffer_.at<const std::uint32_t>(); }

 private:
  void write_tokens(const Step& step);
  void write_blocks(const Step& step);
  std::uint32_t long_tables(const StepSequence& sequence, std::uint32_t position) const;

  const Device& device_;
  std::vector<std::uint32_t> long_after_;  // by rope table
  const std::uint32_t block_tokens_;
  std::uint32_t blocks_max_ = 0;  // entries of the block tables
  std::uint64_t words_max_ = 0;
  Buffer buffer_;
  HostBuffer staging_;
  std::uint32_t* host_ = nullptr;
  std::uint32_t used_ = 0;  // words so far
};

}  // namespace rbee::engine::cuda
