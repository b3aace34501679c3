#pragma once
// From an opened model to a graph with bound weights.

#include <cstdint>

#include "engine/graph/graph.h"
#include "engine/kv/kv_layout.h"
#include "engine/tensor/weight_table.h"
#include "formats/model_files.h"

namespace rbee::engine {

/// A model ready to compile. `kv.blocks` is left at 0: how many there are is the runtime's decision.
struct BuiltModel {
  Graph graph;  ///< output: logits [R, vocab_size]
  WeightTable weights;
  KvLayout kv;  ///< float32 for float32 models, else float16
  std::uint64_t parameters = 0;
};

/// Builds the decoder of any known architecture. `files` must outlive the result: large weights stay in its mapping.
/// Throws Error: kBadFile (a tensor missing or of another shape), kUnsupported (a tensor that the architecture does
/// not know, a dtype that cannot be a vector).
BuiltModel build_model(const formats::ModelFiles& files);

}  // namespace rbee::engine
