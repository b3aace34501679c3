#pragma once
// A graph made ready for a CUDA device.

#include <span>
#include <vector>

#include "engine/backend/cuda/candidate_search.h"
#include "engine/backend/cuda/launches.h"
#include "engine/backend/cuda/step_graphs.h"

namespace rbee::engine::cuda {

class CudaPlan final : public Plan {
 public:
  CudaPlan(const Device& device, KernelSet& kernels, const Graph& graph, const WeightTable& weights, const KvLayout& kv,
           const StepLimits& limits);

  /// As Backend::run.
  void run(const Step& step, std::span<float> output);
  /// As Backend::run_candidates.
  void run_candidates(const Step& step, std::uint32_t count, std::span<Candidate> output);

  std::uint64_t bytes() const { return memory_.bytes; }

 private:
  void start(const Step& step);
  void enqueue(StepShape shape);
  void write_input(const Step& step);
  void read_output(std::size_t rows, std::span<float> output);

  const Device& device_;
  const FusedGraph fused_;
  const Graph& graph_;  // of fused_
  const StepLimits limits_;
  PlanMemory memory_;
  std::vector<Launch> launches_;
  StepGraphs graphs_;
  CandidateSearch candidates_;
};

}  // namespace rbee::engine::cuda
