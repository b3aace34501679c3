#pragma once
// A graph's matrices in the form that the kernels read (kernels/panel.h).

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/backend/cpu/anonymous_memory.h"
#include "engine/backend/cpu/thread_pool.h"
#include "engine/graph/graph.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine::cpu {

/// Rows of a matrix that stay with one thread: two panels.
constexpr std::size_t kRowUnit = 32;

struct PackedMatrix {
  const std::byte* panels = nullptr;  ///< aligned to kPanelLine
  std::size_t panel_bytes = 0;
};

/// Bytes that a matrix of this type takes when it is packed. Throws Error{kBadFile} where they cannot be counted.
std::uint64_t packed_bytes(formats::DType dtype, std::uint32_t rows, std::uint32_t columns);

/// Packs rows [row_begin, row_end) of the matrix, row_begin a multiple of kPanelRows, to their place behind `to`, where
/// row 0's panel is.
void pack_rows(const Weight& weight, std::size_t row_begin, std::size_t row_end, std::byte* to);

/// The matrices of the graph's matmuls, packed in the order in which the graph uses them, each by the threads that will
/// multiply with it; what has been packed is released in the table.
class PackedWeights {
 public:
  /// Throws Error{kExhausted}: needed and available bytes.
  PackedWeights(const Graph& graph, const WeightTable& weights, ThreadPool& pool);

  const PackedMatrix& operator[](WeightId id) const { return matrices_[id.value()]; }
  std::uint64_t bytes() const { return memory_.size(); }

 private:
  AnonymousMemory memory_;
  std::vector<PackedMatrix> matrices_;  // by weight; empty for what no matmul uses
};

}  // namespace rbee::engine::cpu
