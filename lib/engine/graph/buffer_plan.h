#pragma once
// Which values of a graph can share memory.

#include <cstdint>
#include <vector>

#include "engine/graph/graph.h"

namespace rbee::engine {

/// Values mapped to slots: two values share a slot only when their lifetimes do not meet, so a step needs the memory
/// of few values. An op's output never shares a slot with its inputs, nor with the graph's output.
struct BufferPlan {
  std::vector<std::uint32_t> slot_of;       ///< by ValueId
  std::vector<std::uint32_t> slot_columns;  ///< by slot: the widest value in it
};

/// First-fit over the ops in order; a pure function.
BufferPlan plan_buffers(const Graph& graph);

}  // namespace rbee::engine
