#pragma once
// The order in which this backend runs a graph's ops.

#include "engine/graph/graph.h"

namespace rbee::engine::cpu {

/// The graph with every matmul moved up behind the first matmul of the same input, so that they run as one piece of
/// work (query, key and value; gate and up). A pure function; values and their meaning do not change.
Graph group_matmuls(Graph graph);

}  // namespace rbee::engine::cpu
