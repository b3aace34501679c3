#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/graph/graph_builder.h"
#include "op_conformance.h"
#include "random_weights.h"

namespace rbee::engine::conformance {
namespace {

using formats::DType;

constexpr float kWeightScale = 0.05F;
constexpr DType kFloatTypes[] = {DType::kF32, DType::kF16, DType::kBF16};
constexpr DType kBlockTypes[] = {DType::kQ8_0, DType::kQ4_0, DType::kQ5_0, DType::kIQ4_NL};
constexpr DType kSuperTypes[] = {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K};

struct Owned {
  WeightTable table;
  RandomWeights random;
};

/// Builds one case: the graph is made by `build` from the owned table.
class CaseMaker {
 public:
  CaseMaker(std::string name, double nmse_max)
      : owned_(std::make_shared<Owned>(Owned{{}, RandomWeights(seed_of(name))})) {
    case_.name = std::move(name);
    case_.nmse_max = nmse_max;
    case_.weights = &owned_->table;
    case_.kv = {.layers = 1, .kv_heads = 1, .head_dim = 2, .block_tokens = 4, .blocks = 1};
  }

  WeightTable& table() { return owned_->table; }
  RandomWeights& random() { return owned_->random; }
  OpCase& the_case() { return case_; }

  /// A step of one sequence per entry; its input has `columns` values per token and every token is an output row.
  void step(const std::vector<OpCase::Sequence>& sequences, std::uint32_t columns, float scale = 1.0F) {
    OpCase::CaseStep step{.sequences = sequences, .output_rows = {}, .input = {}};
    std::uint32_t tokens = 0;
    for (const OpCase::Sequence& sequence : sequences) tokens += sequence.tokens;
    for (std::uint32_t t = tokens; t-- > 0;) step.output_rows.push_back(t);
    step.input = random().floats(std::size_t{tokens} * columns, scale);
    StepLimits& limits = case_.limits;
    limits.tokens_max = std::max(limits.tokens_max, tokens);
    limits.outputs_max = limits.tokens_max;
    limits.sequences_max = std::max(limits.sequences_max, static_cast<std::uint32_t>(sequences.size()));
    case_.steps.push_back(std::move(step));
  }

  OpCase finish(Graph graph) {
    case_.graph = std::move(graph);
    case_.owned = owned_;
    return std::move(case_);
  }

 private:
  static std::uint64_t seed_of(const std::string& name) { return std::hash<std::string>()(name); }
  std::shared_ptr<Owned> owned_;
  OpCase case_;
};

OpCase matmul_case(DType dtype, std::uint32_t rows, std::uint32_t columns, std::uint32_t tokens) {
  CaseMaker make(fmt::format("matmul {} [{}, {}] times {}", formats::dtype_info(dtype).name, rows, columns, tokens),
                 matmul_nmse_max(dtype));
  GraphBuilder graph(make.table());
  const WeightId weight = make.random().matrix(make.table(), dtype, rows, columns, kWeightScale);
  const ValueId output = graph.matmul(graph.input(columns), weight);
  make.step({{tokens, 0, {}}}, columns);
  make.the_case().typical_square = columns * kWeightScale * kWeightScale;
  return make.finish(graph.finish(output));
}

void add_matmul_cases(std::vector<OpCase>& cases) {
  for (const DType dtype : kFloatTypes) {
    for (const std::uint32_t rows : {1U, 3U, 17U, 130U}) {
      for (const std::uint32_t columns : {1U, 2U, 16U, 63U, 160U, 1500U}) {
        for (const std::uint32_t tokens : {1U, 2U, 7U, 13U, 33U}) {
          cases.push_back(matmul_case(dtype, rows, columns, tokens));
        }
      }
    }
  }
  const auto add_block_cases = [&](DType dtype, std::initializer_list<std::uint32_t> all_columns) {
    for (const std::uint32_t rows : {1U, 7U, 16U, 67U, 130U}) {
      for (const std::uint32_t columns : all_columns) {
        for (const std::uint32_t tokens : {1U, 3U, 8U, 9U, 21U}) {
          cases.push_back(matmul_case(dtype, rows, columns, tokens));
        }
      }
    }
  };
  for (const DType dtype : kBlockTypes) add_block_cases(dtype, {32U, 96U, 1056U});
  for (const DType dtype : kSuperTypes) add_block_cases(dtype, {256U, 768U, 2304U});
}

/// Two matmuls of one input, which a backend may run together, with different weight types.
OpCase shared_input_case() {
  CaseMaker make("matmuls of one input", matmul_nmse_max(DType::kQ8_0));
  GraphBuilder graph(make.table());
  const ValueId x = graph.input(256);
  const auto product = [&](DType dtype) {
    return graph.matmul(x, make.random().matrix(make.table(), dtype, 33, 256, 0.05F));
  };
  ValueId sum = product(DType::kF16);
  for (const DType dtype : {DType::kQ8_0, DType::kQ4_K, DType::kQ6_K, DType::kF32, DType::kIQ4_NL}) {
    sum = graph.add(sum, product(dtype));
  }
  make.step({{5, 0, {}}}, 256);
  return make.finish(graph.finish(sum));
}

OpCase embed_case(DType dtype) {
  CaseMaker make(fmt::format("embed {}", formats::dtype_info(dtype).name), kElementwiseNmseMax);
  GraphBuilder graph(make.table());
  const ValueId output = graph.embed(make.random().matrix(make.table(), dtype, 32, 512, 1.0F));
  make.step({{19, 0, {}}}, 0);
  return make.finish(graph.finish(output));
}

/// An op on rows of `columns` values; build(graph, maker, x, y) returns its output.
template <typename Build>
OpCase row_case(const std::string& name, std::uint32_t columns, float scale, const Build& build) {
  CaseMaker make(fmt::format("{} of {} columns", name, columns), kElementwiseNmseMax);
  GraphBuilder graph(make.table());
  const ValueId xy = graph.input(2 * columns);
  const ValueId x = graph.slice_columns(xy, 0, columns), y = graph.slice_columns(xy, columns, columns);
  const ValueId output = build(graph, make, x, y);
  make.step({{1, 0, {}}}, 2 * columns, scale);
  make.step({{11, 0, {}}, {3, 5, {}}}, 2 * columns, scale);
  return make.finish(graph.finish(output));
}

void add_row_cases(std::vector<OpCase>& cases) {
  for (const std::uint32_t columns : {1U, 5U, 16U, 31U, 200U, 4099U}) {
    using G = GraphBuilder&;
    using M = CaseMaker&;
    using V = ValueId;
    cases.push_back(row_case("rms_norm", columns, 3.0F, [&](G g, M m, V x, V) {
      return g.rms_norm(x, m.random().vector(m.table(), columns, 1.0F), 1e-5F, columns);
    }));
    cases.push_back(row_case("add_bias", columns, 1.0F, [&](G g, M m, V x, V) {
      return g.add_bias(x, m.random().vector(m.table(), columns, 0.0F));
    }));
    cases.push_back(row_case("silu", columns, 8.0F,
                             [](G g, M, V x, V y) { return g.activation_mul(ActivationKind::kSilu, x, y); }));
    cases.push_back(row_case("gelu_tanh", columns, 4.0F,
                             [](G g, M, V x, V y) { return g.activation_mul(ActivationKind::kGeluTanh, x, y); }));
    cases.push_back(row_case("gelu_erf", columns, 4.0F,
                             [](G g, M, V x, V y) { return g.activation_mul(ActivationKind::kGeluErf, x, y); }));
    cases.push_back(row_case("silu of huge values", columns, 1e4F,
                             [](G g, M, V x, V y) { return g.activation_mul(ActivationKind::kSilu, x, y); }));
    cases.push_back(row_case("add", columns, 1.0F, [](G g, M, V x, V y) { return g.add(x, y); }));
    cases.push_back(row_case("scale", columns, 1.0F, [](G g, M, V x, V) { return g.scale(x, 0.37F); }));
    cases.push_back(row_case("softcap", columns, 60.0F, [](G g, M, V x, V) { return g.softcap(x, 50.0F); }));
    cases.push_back(
        row_case("softcap of tiny values", columns, 1e-3F, [](G g, M, V x, V) { return g.softcap(x, 30.0F); }));
    cases.push_back(row_case("take_rows", columns, 1.0F, [](G g, M, V x, V) { return g.take_rows(x); }));
  }
  cases.push_back(row_case("rms_norm by groups", 8 * 24, 2.0F, [](GraphBuilder& g, CaseMaker& m, ValueId x, ValueId) {
    return g.rms_norm(x, m.random().vector(m.table(), 24, 1.0F), 1e-6F, 24);
  }));
}

OpCase rope_case(std::uint32_t heads, std::uint32_t head_dim, std::uint32_t rotary_dim, bool interleaved,
                 bool two_tables) {
  CaseMaker make(fmt::format("rope of {} heads of {}, {} rotated, {}{}", heads, head_dim, rotary_dim,
                             interleaved ? "interleaved" : "halves", two_tables ? ", long table" : ""),
                 kElementwiseNmseMax);
  GraphBuilder graph(make.table());
  RopeTable table{.interleaved = interleaved};
  for (std::uint32_t i = 0; i < rotary_dim / 2; ++i) {
    table.inverse_frequencies.push_back(
        std::pow(10000.0F, -2.0F * static_cast<float>(i) / static_cast<float>(rotary_dim)));
    if (two_tables) table.long_inverse_frequencies.push_back(table.inverse_frequencies.back() / 4.0F);
  }
  if (two_tables) {
    table.long_after = 40;
    table.magnitude = 1.19F;
  }
  const std::uint32_t columns = heads * head_dim;
  const ValueId output = graph.rope(graph.input(columns), heads, head_dim, graph.add_rope_table(table));
  make.step({{30, 0, {}}, {1, 3000, {}}, {20, 35, {}}}, columns);
  return make.finish(graph.finish(output));
}

struct AttentionCase {
  std::uint32_t heads, kv_heads, head_dim, window, block_tokens;
  float softcap;
  DType cache;
  std::uint32_t deeper = 1;  // times as many tokens and blocks
};

OpCase attention_case(const AttentionCase& a) {
  CaseMaker make(
      fmt::format("attention of {}/{} heads of {}, window {}, blocks of {}, softcap {}, cache {}", a.heads, a.kv_heads,
                  a.head_dim, a.window, a.block_tokens, a.softcap, formats::dtype_info(a.cache).name),
      attention_nmse_max(a.cache));
  OpCase& c = make.the_case();
  c.kv = {.layers = 2,
          .kv_heads = a.kv_heads,
          .head_dim = a.head_dim,
          .block_tokens = a.block_tokens,
          .blocks = 60 * a.deeper,
          .dtype = a.cache};
  GraphBuilder graph(make.table());
  const std::uint32_t q = a.heads * a.head_dim, kv = a.kv_heads * a.head_dim;
  const ValueId x = graph.input(q + 2 * kv);
  graph.kv_append(graph.slice_columns(x, q, kv), graph.slice_columns(x, q + kv, kv), 1, a.kv_heads, a.head_dim);
  const ValueId output = graph.attention(graph.slice_columns(x, 0, q), {.layer = 1,
                                                                        .heads = a.heads,
                                                                        .kv_heads = a.kv_heads,
                                                                        .head_dim = a.head_dim,
                                                                        .window = a.window,
                                                                        .scale = 0.3F,
                                                                        .softcap = a.softcap});
  // Three sequences with scattered blocks: whole prompts, a prompt in pieces, single tokens, all mixed.
  std::vector<std::vector<BlockId>> blocks(3);
  for (std::uint32_t b = 0; b < c.kv.blocks; ++b) blocks[b % 3].push_back(BlockId((b * 37 + 11) % c.kv.blocks));
  const std::uint32_t capacity = c.kv.blocks / 3 * a.block_tokens;
  std::uint32_t at[3] = {};
  const std::uint32_t plan[][3] = {{70, 5, 0}, {1, 33, 9}, {1, 1, 1}, {0, 64, 1}, {9, 0, 40}};
  for (const auto& counts : plan) {
    std::vector<OpCase::Sequence> sequences;
    for (std::size_t s = 0; s < 3; ++s) {
      const std::uint32_t tokens = std::min(counts[s] > 1 ? counts[s] * a.deeper : counts[s], capacity - at[s]);
      if (tokens == 0) continue;
      sequences.push_back({tokens, at[s], blocks[s]});
      at[s] += tokens;
    }
    make.step(sequences, q + 2 * kv, 1.5F);
  }
  return make.finish(graph.finish(output));
}

void add_attention_cases(std::vector<OpCase>& cases) {
  for (const DType cache : kFloatTypes) {
    cases.push_back(attention_case({4, 4, 64, 0, 16, 0.0F, cache}));
    cases.push_back(attention_case({8, 2, 48, 0, 16, 0.0F, cache}));
    cases.push_back(attention_case({6, 2, 80, 50, 8, 20.0F, cache}));
  }
  cases.push_back(attention_case({2, 1, 6, 0, 16, 0.0F, DType::kF32, 9}));
  cases.push_back(attention_case({1, 1, 2, 0, 16, 0.0F, DType::kF16}));
  cases.push_back(attention_case({3, 1, 6, 1, 5, 0.0F, DType::kF32}));
  cases.push_back(attention_case({14, 2, 34, 7, 16, 0.0F, DType::kF32}));
  cases.push_back(attention_case({71, 1, 16, 0, 16, 0.0F, DType::kF32}));
  cases.push_back(attention_case({8, 1, 512, 33, 32, 30.0F, DType::kBF16}));
}

}  // namespace

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_matmul_cases(cases);
  cases.push_back(shared_input_case());
  for (const auto types : {std::span<const DType>(kFloatTypes), std::span<const DType>(kBlockTypes),
                           std::span<const DType>(kSuperTypes)}) {
    for (const DType dtype : types) cases.push_back(embed_case(dtype));
  }
  add_row_cases(cases);
  for (const bool interleaved : {false, true}) {
    for (const bool two_tables : {false, true}) {
      cases.push_back(rope_case(3, 64, 64, interleaved, two_tables));
      cases.push_back(rope_case(2, 96, 72, interleaved, two_tables));
      cases.push_back(rope_case(1, 6, 2, interleaved, two_tables));
    }
  }
  add_attention_cases(cases);
  return cases;
}

std::vector<OpCase> q8_0_cache_cases() {
  const DType cache = DType::kQ8_0;
  return {attention_case({4, 4, 64, 0, 16, 0.0F, cache}),  attention_case({16, 2, 128, 0, 16, 0.0F, cache}),
          attention_case({6, 2, 80, 50, 8, 20.0F, cache}), attention_case({2, 1, 6, 0, 16, 0.0F, cache, 9}),
          attention_case({3, 1, 6, 1, 5, 0.0F, cache}),    attention_case({14, 2, 34, 7, 16, 0.0F, cache})};
}

}  // namespace rbee::engine::conformance
