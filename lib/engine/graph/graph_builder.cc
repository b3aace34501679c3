#include "engine/graph/graph_builder.h"

#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace rbee::engine {
namespace {

[[noreturn]] void fail_shape(const Weight& weight, std::string_view needed) {
  fail(ErrorKind::kBadFile, "tensor '{}' is [{}, {}], the model's configuration needs {}", weight.name, weight.rows,
       weight.columns, needed);
}

void require_vector(const Weight& weight, std::uint32_t columns) {
  if (weight.rows != 1 || weight.columns != columns) fail_shape(weight, fmt::format("[{}]", columns));
}

}  // namespace

std::uint32_t GraphBuilder::columns(ValueId value) const {
  RBEE_CHECK(value.value() < graph_.values.size());
  return graph_.values[value.value()].columns;
}

RowKind GraphBuilder::rows(ValueId value) const {
  RBEE_CHECK(value.value() < graph_.values.size());
  return graph_.values[value.value()].rows;
}

ValueId GraphBuilder::append(Op op, std::uint32_t columns, RowKind rows) {
  op.output = ValueId(static_cast<std::uint32_t>(graph_.values.size()));
  graph_.values.push_back({columns, rows});
  graph_.ops.push_back(op);
  return op.output;
}

ValueId GraphBuilder::input(std::uint32_t columns) {
  return append({.kind = OpKind::kInput}, columns, RowKind::kTokens);
}

ValueId GraphBuilder::embed(WeightId table) {
  return append({.kind = OpKind::kEmbed, .weight = table}, weights_[table].columns, RowKind::kTokens);
}

ValueId GraphBuilder::rms_norm(ValueId x, WeightId weight, float eps, std::uint32_t group) {
  require_vector(weights_[weight], group);
  RBEE_CHECK(group > 0 && columns(x) % group == 0);
  return append({.kind = OpKind::kRmsNorm, .inputs = {x, kNoValue}, .weight = weight, .eps = eps, .group = group},
                columns(x), rows(x));
}

ValueId GraphBuilder::matmul(ValueId x, WeightId weight) {
  const Weight& w = weights_[weight];
  if (w.columns != columns(x)) fail_shape(w, fmt::format("[{}, {}]", w.rows, columns(x)));
  return append({.kind = OpKind::kMatmul, .inputs = {x, kNoValue}, .weight = weight}, w.rows, rows(x));
}

ValueId GraphBuilder::add_bias(ValueId x, WeightId bias) {
  require_vector(weights_[bias], columns(x));
  return append({.kind = OpKind::kAddBias, .inputs = {x, kNoValue}, .weight = bias}, columns(x), rows(x));
}

ValueId GraphBuilder::rope(ValueId x, std::uint32_t heads, std::uint32_t head_dim, std::uint32_t rope_table) {
  RBEE_CHECK(rope_table < graph_.rope_tables.size());
  RBEE_CHECK(columns(x) == heads * head_dim);
  RBEE_CHECK(graph_.rope_tables[rope_table].inverse_frequencies.size() * 2 <= head_dim);
  return append(
      {.kind = OpKind::kRope, .inputs = {x, kNoValue}, .heads = heads, .head_dim = head_dim, .rope_table = rope_table},
      columns(x), RowKind::kTokens);
}

void GraphBuilder::kv_append(ValueId keys, ValueId values, std::uint32_t layer, std::uint32_t kv_heads,
                             std::uint32_t head_dim) {
  RBEE_CHECK(columns(keys) == kv_heads * head_dim && columns(values) == kv_heads * head_dim);
  graph_.ops.push_back({.kind = OpKind::kKvAppend,
                        .inputs = {keys, values},
                        .layer = layer,
                        .kv_heads = kv_heads,
                        .head_dim = head_dim});
}

ValueId GraphBuilder::attention(ValueId queries, const AttentionShape& shape) {
  RBEE_CHECK(shape.kv_heads > 0 && shape.heads % shape.kv_heads == 0);
  RBEE_CHECK(columns(queries) == shape.heads * shape.head_dim);
  return append({.kind = OpKind::kAttention,
                 .inputs = {queries, kNoValue},
                 .layer = shape.layer,
                 .heads = shape.heads,
                 .kv_heads = shape.kv_heads,
                 .head_dim = shape.head_dim,
                 .window = shape.window,
                 .scale = shape.scale,
                 .softcap = shape.softcap},
                columns(queries), RowKind::kTokens);
}

ValueId GraphBuilder::activation_mul(ActivationKind activation, ValueId gate, ValueId up) {
  RBEE_CHECK(columns(gate) == columns(up) && rows(gate) == rows(up));
  return append({.kind = OpKind::kActivationMul, .inputs = {gate, up}, .activation = activation}, columns(gate),
                rows(gate));
}

ValueId GraphBuilder::add(ValueId x, ValueId y) {
  RBEE_CHECK(columns(x) == columns(y) && rows(x) == rows(y));
  return append({.kind = OpKind::kAdd, .inputs = {x, y}}, columns(x), rows(x));
}

ValueId GraphBuilder::scale(ValueId x, float factor) {
  return append({.kind = OpKind::kScale, .inputs = {x, kNoValue}, .scale = factor}, columns(x), rows(x));
}

ValueId GraphBuilder::softcap(ValueId x, float cap) {
  return append({.kind = OpKind::kSoftcap, .inputs = {x, kNoValue}, .softcap = cap}, columns(x), rows(x));
}

ValueId GraphBuilder::take_rows(ValueId x) {
  RBEE_CHECK(rows(x) == RowKind::kTokens);
  return append({.kind = OpKind::kTakeRows, .inputs = {x, kNoValue}}, columns(x), RowKind::kOutputs);
}

ValueId GraphBuilder::slice_columns(ValueId x, std::uint32_t begin, std::uint32_t n) {
  RBEE_CHECK(n > 0 && begin <= columns(x) && n <= columns(x) - begin);
  return append({.kind = OpKind::kSliceColumns, .inputs = {x, kNoValue}, .begin = begin}, n, rows(x));
}

std::uint32_t GraphBuilder::add_rope_table(RopeTable table) {
  graph_.rope_tables.push_back(std::move(table));
  return static_cast<std::uint32_t>(graph_.rope_tables.size() - 1);
}

Graph GraphBuilder::finish(ValueId output) {
  RBEE_CHECK(output.value() < graph_.values.size());
  graph_.output = output;
  return std::move(graph_);
}

}  // namespace rbee::engine
