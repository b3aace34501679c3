#pragma once
// Brings a model's weights into memory before the first request.

#include <cstdint>
#include <functional>

#include "engine/engine.h"
#include "engine/graph/graph.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine {

/// Reads every page of the weights, in the order in which the graph uses them, on `threads` threads (this one
/// included). Calls `progress` on this thread as layers become complete, the last time with everything done.
/// Throws Error{kBadFile} when a page cannot be read: the file became shorter, or its disk fails.
void warm_weights(const Graph& graph, const WeightTable& weights, std::uint32_t layers, std::uint32_t threads,
                  const std::function<void(const LoadProgress&)>& progress);

/// Takes the pages of the graph's weights that lie in files out of this process's memory, when a device holds them.
void drop_weight_pages(const Graph& graph, const WeightTable& weights);

/// For a backend that releases every matrix once it has packed it: drops its pages then and calls `progress`, on the
/// thread that compiles, the last time with everything done.
void report_released(const Graph& graph, WeightTable& weights, std::uint32_t layers,
                     std::function<void(const LoadProgress&)> progress);

}  // namespace rbee::engine
