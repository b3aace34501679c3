#include "reproducibility.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/graph/graph_builder.h"
#include "random_weights.h"

namespace rbee::engine::conformance {
namespace {

using formats::DType;

constexpr std::uint32_t kHidden = 256, kHeads = 4, kKvHeads = 2, kHeadDim = 64, kFeedForward = 512, kVocab = 77;
constexpr std::uint32_t kBlockTokens = 8, kBlocks = 64, kLayers = 2;
constexpr std::uint32_t kTokens = 90;  // of each sequence: three chunks of attention

/// A decoder with every op that mixes columns or positions.
struct Decoder {
  Decoder(DType dtype, std::uint64_t seed) : random(seed) {
    GraphBuilder builder(weights);
    const auto matmul = [&](ValueId x, std::uint32_t rows) {
      return builder.matmul(x, random.matrix(weights, dtype, rows, builder.columns(x), 0.08F));
    };
    const auto norm = [&](ValueId x) {
      return builder.rms_norm(x, random.vector(weights, kHidden, 1.0F), 1e-5F, kHidden);
    };
    RopeTable rope;
    for (std::uint32_t i = 0; i < kHeadDim / 2; ++i) {
      rope.inverse_frequencies.push_back(std::pow(10000.0F, -2.0F * static_cast<float>(i) / kHeadDim));
    }
    const std::uint32_t table = builder.add_rope_table(rope);
    ValueId x = builder.embed(random.matrix(weights, DType::kF32, kVocab, kHidden, 1.0F));
    for (std::uint32_t layer = 0; layer < kLayers; ++layer) {
      const ValueId h = norm(x);
      const ValueId q = builder.rope(matmul(h, kHeads * kHeadDim), kHeads, kHeadDim, table);
      const ValueId k = builder.rope(matmul(h, kKvHeads * kHeadDim), kKvHeads, kHeadDim, table);
      builder.kv_append(k, matmul(h, kKvHeads * kHeadDim), layer, kKvHeads, kHeadDim);
      const ValueId attended = builder.attention(q, {.layer = layer,
                                                     .heads = kHeads,
                                                     .kv_heads = kKvHeads,
                                                     .head_dim = kHeadDim,
                                                     .window = layer == 0 ? 0U : 40U,
                                                     .scale = 0.125F,
                                                     .softcap = layer == 0 ? 0.0F : 30.0F});
      x = builder.add(x, matmul(attended, kHidden));
      const ValueId m = norm(x);
      const ValueId gated =
          builder.activation_mul(ActivationKind::kSilu, matmul(m, kFeedForward), matmul(m, kFeedForward));
      x = builder.add(x, matmul(gated, kHidden));
    }
    graph = builder.finish(matmul(norm(builder.take_rows(x)), kVocab));
  }

  RandomWeights random;
  WeightTable weights;
  Graph graph;
};

struct Sequence {
  std::vector<TokenId> tokens;
  std::vector<BlockId> blocks;
  std::uint32_t done = 0;
  std::vector<std::vector<float>> logits;  // by position
};

/// One step with the next counts[s] tokens of each sequence; keeps the logits of all.
void advance(Backend& backend, Plan& plan, std::vector<Sequence>& sequences, const std::vector<std::uint32_t>& counts) {
  std::vector<TokenId> tokens;
  std::vector<StepSequence> parts;
  std::vector<std::uint32_t> rows;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    if (counts[s] == 0) continue;
    parts.push_back({.first_token = static_cast<std::uint32_t>(tokens.size()),
                     .tokens = counts[s],
                     .position = sequences[s].done,
                     .prompt_tokens = kTokens,
                     .blocks = sequences[s].blocks});
    for (std::uint32_t t = 0; t < counts[s]; ++t) {
      rows.push_back(static_cast<std::uint32_t>(tokens.size()));
      tokens.push_back(sequences[s].tokens[sequences[s].done + t]);
    }
  }
  std::vector<float> output(rows.size() * kVocab, std::nanf(""));
  backend.run(plan, {.tokens = tokens, .sequences = parts, .output_rows = rows, .input = {}}, output);
  auto row = output.begin();
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    for (std::uint32_t t = 0; t < counts[s]; ++t, row += kVocab) sequences[s].logits.emplace_back(row, row + kVocab);
    sequences[s].done += counts[s];
  }
}

std::vector<Sequence> make_sequences(std::mt19937_64 random) {
  std::vector<Sequence> sequences(3);
  for (Sequence& sequence : sequences) {
    for (std::uint32_t t = 0; t < kTokens; ++t) {
      sequence.tokens.push_back(TokenId(static_cast<std::int32_t>(random() % kVocab)));
    }
  }
  return sequences;
}

void deal_blocks(std::vector<Sequence>& sequences, std::mt19937_64& random) {
  std::vector<BlockId> all;
  for (std::uint32_t b = 0; b < kBlocks; ++b) all.push_back(BlockId(b));
  std::shuffle(all.begin(), all.end(), random);
  const std::size_t each = (kTokens + kBlockTokens - 1) / kBlockTokens;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(s * each);
    sequences[s].blocks.assign(first, first + static_cast<std::ptrdiff_t>(each));
  }
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

}  // namespace

void expect_reproducible(const BackendMaker& make_backend, DType dtype, std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << formats::dtype_info(dtype).name << ", seed " << seed);
  const Decoder decoder(dtype, seed);
  const KvLayout kv{
      .layers = kLayers, .kv_heads = kKvHeads, .head_dim = kHeadDim, .block_tokens = kBlockTokens, .blocks = kBlocks};
  const StepLimits limits{.tokens_max = 3 * kTokens, .outputs_max = 3 * kTokens, .sequences_max = 3};
  std::mt19937_64 random(seed);
  std::vector<Sequence> alone = make_sequences(random);
  deal_blocks(alone, random);
  {
    const auto backend = make_backend(1);
    const auto plan = backend->compile(decoder.graph, decoder.weights, kv, limits);
    for (std::size_t s = 0; s < alone.size(); ++s) {
      std::vector<std::uint32_t> counts(alone.size(), 0);
      counts[s] = kTokens;
      advance(*backend, *plan, alone, counts);
    }
  }
  for (const std::uint32_t threads : {1U, 2U, 4U}) {
    const auto backend = make_backend(threads);
    const auto plan = backend->compile(decoder.graph, decoder.weights, kv, limits);
    std::vector<Sequence> mixed = make_sequences(std::mt19937_64(seed));
    deal_blocks(mixed, random);
    while (std::any_of(mixed.begin(), mixed.end(), [](const Sequence& s) { return s.done < kTokens; })) {
      std::vector<std::uint32_t> counts;
      for (const Sequence& sequence : mixed) {
        const std::uint32_t most = random() % 3 == 0 ? 40 : 2;  // now a piece of a prompt, now a token or none
        counts.push_back(std::min<std::uint32_t>(kTokens - sequence.done, random() % (most + 1)));
      }
      if (std::all_of(counts.begin(), counts.end(), [](std::uint32_t n) { return n == 0; })) continue;
      advance(*backend, *plan, mixed, counts);
    }
    for (std::size_t s = 0; s < mixed.size(); ++s) {
      for (std::uint32_t t = 0; t < kTokens; ++t) {
        ASSERT_TRUE(std::isfinite(alone[s].logits[t][0]));
        ASSERT_TRUE(same_bits(alone[s].logits[t], mixed[s].logits[t]))
            << threads << " threads, sequence " << s << ", position " << t;
      }
    }
  }
}

}  // namespace rbee::engine::conformance
