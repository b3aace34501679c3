#pragma once
// The order in which this backend runs a graph's ops.

#include "engine/graph/graph.h"

namespace rbee::engine::vulkan {

/// The graph with its ops ordered by how many ops must run before them, so that those which do not need each other
/// (query, key and value; gate and up) stand together and share one barrier. A pure function; values and their meaning
/// do not change.
Graph order_by_level(Graph graph);

}  // namespace rbee::engine::vulkan
