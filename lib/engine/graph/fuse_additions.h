#pragma once
// Additions that are done where a product is written.

#include <vector>

#include "engine/graph/graph.h"

namespace rbee::engine {

/// A graph in which a kMatmul may have a second input, which is added to the product, and a bias, which is added before
/// it.
struct FusedGraph {
  Graph graph;
  std::vector<WeightId> biases;  ///< by op; kNoWeight for none
};

/// Moves kAddBias and kAdd into the kMatmul whose product they alone read, when what they add is there by then. A pure
/// function; the sums are the same, bit for bit.
FusedGraph fuse_additions(const Graph& graph);

/// The weights of the ops and the biases, in the order of their first use.
std::vector<WeightId> weights_of(const FusedGraph& fused);

}  // namespace rbee::engine
