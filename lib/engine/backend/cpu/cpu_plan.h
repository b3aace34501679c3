#pragma once
// A graph made ready for this backend.

#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/anonymous_memory.h"
#include "engine/backend/cpu/kv_cache.h"
#include "engine/backend/cpu/packed_weights.h"
#include "engine/backend/cpu/quantized_activations.h"
#include "engine/backend/cpu/rope_angles.h"
#include "engine/graph/buffer_plan.h"

namespace rbee::engine::cpu {

/// The query heads [first_head, first_head + heads), all of one KV head, for a few tokens of a sequence.
struct AttentionPiece {
  std::uint32_t sequence = 0;
  std::uint32_t first_token = 0, tokens = 0;  // within the sequence's part of the step
  std::uint32_t first_head = 0, heads = 0;
  std::size_t span = 0;    // where a piece is done span by span: which
  std::size_t states = 0;  // likewise: the first of its states
};

/// Everything a run needs is allocated here; a run allocates nothing.
class CpuPlan final : public Plan {
 public:
  CpuPlan(const Graph& its_graph, const WeightTable& its_weights, const KvLayout& kv, const StepLimits& limits,
          ActivationBits bits, bool bf16_products, ThreadPool& pool);

  /// The memory of a value, rows of its columns.
  float* value(ValueId id) const;
  /// Floats for the worker's use during one op.
  float* scratch(std::uint32_t worker) const;
  /// Where the spans' states of an attention op go, and how many floats there is room for.
  float* states() const { return reinterpret_cast<float*>(states_.data()); }
  std::size_t states_size() const { return states_.size() / sizeof(float); }

  const Graph graph;  // as group_matmuls orders it
  const WeightTable& weights;
  const StepLimits limits;
  const PackedWeights packed;
  KvCache cache;
  QuantizedActivations quantized;          // of the matmul input that is in use
  const std::size_t bf16_columns;          // the widest input of bfloat16 weights that is rounded to it; 0: none is
  AnonymousMemory bf16;                    // likewise, rows of as many columns as they have, made even
  std::vector<RopeAngles> angles;          // by rope table
  std::vector<AttentionPiece> pieces;      // of the attention op that runs
  std::vector<AttentionPiece> parts;       // likewise: the pieces' spans
  std::vector<std::size_t> matmul_pieces;  // of each matmul that runs

 private:
  const BufferPlan buffers_;
  std::vector<std::size_t> slot_begin_;  // floats from the start of values_
  AnonymousMemory values_;
  std::size_t scratch_floats_;  // per worker
  AnonymousMemory scratch_;
  AnonymousMemory states_;
};

}  // namespace rbee::engine::cpu
