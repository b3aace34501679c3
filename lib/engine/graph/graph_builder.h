#pragma once
// Builds a Graph op by op and checks the shape law of each.

#include <cstdint>
#include <string_view>

#include "engine/graph/graph.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine {

/// Each method appends one op and returns its output. The shape laws stand at OpKind; a violation throws
/// Error{kBadFile} naming the weight, the shape found and the shape needed (a model file with wrong shapes ends here).
class GraphBuilder {
 public:
  /// `weights` must outlive the builder.
  explicit GraphBuilder(const WeightTable& weights) : weights_(weights) {}

  ValueId input(std::uint32_t columns);
  ValueId embed(WeightId table);
  ValueId rms_norm(ValueId x, WeightId weight, float eps, std::uint32_t group);
  ValueId matmul(ValueId x, WeightId weight);
  ValueId add_bias(ValueId x, WeightId bias);
  ValueId rope(ValueId x, std::uint32_t heads, std::uint32_t head_dim, std::uint32_t rope_table);
  void kv_append(ValueId keys, ValueId values, std::uint32_t layer, std::uint32_t kv_heads, std::uint32_t head_dim);

  struct AttentionShape {
    std::uint32_t layer = 0, heads = 0, kv_heads = 0, head_dim = 0, window = 0;
    float scale = 1.0F, softcap = 0.0F;
  };
  ValueId attention(ValueId queries, const AttentionShape& shape);
  ValueId activation_mul(ActivationKind activation, ValueId gate, ValueId up);
  ValueId add(ValueId x, ValueId y);
  ValueId scale(ValueId x, float factor);
  ValueId softcap(ValueId x, float cap);
  ValueId take_rows(ValueId x);
  ValueId slice_columns(ValueId x, std::uint32_t begin, std::uint32_t columns);

  std::uint32_t add_rope_table(RopeTable table);
  std::uint32_t columns(ValueId value) const;

  /// The finished graph, whose result is `output`.
  Graph finish(ValueId output);

 private:
  ValueId append(Op op, std::uint32_t columns, RowKind rows);
  RowKind rows(ValueId value) const;
  const WeightTable& weights_;
  Graph graph_;
};

}  // namespace rbee::engine
