#include "engine/backend/cuda/candidate_search.h"

#include <algorithm>

#include "base/check.h"
#include "base/checked.h"
#include "engine/backend/cuda/activations.h"
#include "engine/backend/cuda/kernels/kernel_args.h"

namespace rbee::engine::cuda {
namespace {

constexpr std::uint64_t kBytesMin = 16;  // no allocation is empty

std::uint32_t slices_of(std::uint32_t columns) {
  return (columns + kSliceColumns - 1) / kSliceColumns;
}

std::uint32_t columns_of(const Graph& graph) {
  return graph.values[graph.output.value()].columns;
}

std::uint32_t rows_max(const Graph& graph, const StepLimits& limits) {
  return graph.values[graph.output.value()].rows == RowKind::kOutputs ? limits.outputs_max : 0;
}

std::uint64_t found_bytes(const Graph& graph, const StepLimits& limits) {
  return (Checked(rows_max(graph, limits)) * kCandidatesMax * sizeof(CandidateColumn)).value_or_throw("candidates");
}

std::uint64_t rank_bytes(const Graph& graph, const StepLimits& limits) {
  return (Checked(rows_max(graph, limits)) * slices_of(columns_of(graph)) * kCandidatesMax * sizeof(u64))
      .value_or_throw("candidates");
}

}  // namespace

std::uint64_t CandidateSearch::bytes_needed(const Graph& graph, const StepLimits& limits) {
  return (Checked(rank_bytes(graph, limits)) + found_bytes(graph, limits)).value_or_throw("candidates");
}

CandidateSearch::CandidateSearch(const Device& device, KernelSet& kernels, const Graph& graph, const StepLimits& limits,
                                 const float* output)
    : device_(device),
      of_slices_(kernels.find("candidates_of_slices")),
      of_rows_(kernels.find("candidates_of_rows")),
      values_(output),
      columns_(columns_of(graph)),
      stride_(value_stride(graph, graph.output)),
      slices_(slices_of(columns_)),
      rows_max_(rows_max(graph, limits)),
      ranks_(device, std::max(rank_bytes(graph, limits), kBytesMin), "candidates"),
      found_(device, std::max(found_bytes(graph, limits), kBytesMin), "candidates"),
      copied_(device, std::max(found_bytes(graph, limits), kBytesMin), "candidates") {}

void CandidateSearch::run(std::size_t rows, std::uint32_t count, std::span<Candidate> output) {
  RBEE_CHECK(rows <= rows_max_ && count > 0 && count <= kCandidatesMax && output.size() == rows * count);
  if (rows != 0) {
    launch(of_slices_, (slices_ + kCandidateWarps - 1) / kCandidateWarps, rows, count);
    launch(of_rows_, 1, rows, count);
    device_.check(device_.api().copy_to_host(copied_.data(), found_.address(), output.size() * sizeof(CandidateColumn),
                                             device_.stream()),
                  "copying a step's candidates");
  }
  device_.wait("running a step");
  const auto* found = reinterpret_cast<const CandidateColumn*>(copied_.data());
  std::transform(found, found + output.size(), output.begin(), [](const CandidateColumn& one) {
    return Candidate{TokenId(static_cast<std::int32_t>(one.column)), one.value};
  });
}

void CandidateSearch::launch(CuFunction kernel, std::uint32_t blocks, std::size_t rows, std::uint32_t count) {
  CandidateArgs args{.values = values_,
                     .ranks = ranks_.at<u64>(),
                     .out = found_.at<CandidateColumn>(),
                     .columns = columns_,
                     .stride = stride_,
                     .slices = slices_,
                     .count = count};
  void* arguments[] = {&args};
  device_.check(device_.api().launch(kernel, blocks, static_cast<unsigned>(rows), 1, kCandidateThreads, 1, 1, 0,
                                     device_.stream(), arguments, nullptr),
                "launching a kernel");
}

}  // namespace rbee::engine::cuda
