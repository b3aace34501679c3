#pragma once
// A loop over fakes, for tests.

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/generate/engine_loop.h"
#include "engine/generate/known_tokens.h"
#include "engine/generate/testing/fake_backend.h"
#include "engine/generate/testing/fake_tokenizer.h"

namespace rbee::engine {

inline constexpr std::uint32_t kVocab = 12;  // two more than the tokenizer knows: a padded embedding
inline constexpr std::uint32_t kContext = 200;

/// Token 0 is EOS; 1 to 9 are "1" to "9".
inline std::vector<std::string> pieces() {
  return {"</s>", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}
inline TokenId id(int value) {
  return TokenId(value);
}

/// The next token is the last one plus one; after 9 comes EOS.
inline void count_up(std::span<const TokenId> history, std::span<float> logits) {
  std::fill(logits.begin(), logits.end(), 0.0F);
  logits[static_cast<std::size_t>((history.back().value() + 1) % 10)] = 5.0F;
}

/// Logits that depend on every token before, none of them EOS.
inline void hash_history(std::span<const TokenId> history, std::span<float> logits) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (const TokenId token : history) hash = (hash ^ static_cast<std::uint64_t>(token.value())) * 1099511628211ULL;
  std::mt19937_64 random(hash);
  for (float& logit : logits) logit = static_cast<float>(random() % 1000) / 100.0F;
  logits[0] = -std::numeric_limits<float>::infinity();
}

/// A loop over a fake backend and a fake tokenizer.
struct Rig {
  explicit Rig(FakeBackend::Model model, EngineLoopLimits limits = {}, FakeBackend::Hook hook = {},
               std::uint32_t kv_blocks = 1000, double token_cost = 0.1, LostDevice on_lost = {},
               std::uint32_t candidates_max = 0)
      : backend(kVocab, std::move(model), std::move(hook), token_cost, candidates_max) {
    const KvLayout kv{.block_tokens = 4, .blocks = kv_blocks};
    plan = backend.compile({}, {}, kv,
                           {.tokens_max = limits.step_tokens_max,
                            .outputs_max = limits.step_rows_max,
                            .sequences_max = limits.sequences_max});
    loop = std::make_unique<EngineLoop>(EngineLoopParts{.backend = backend,
                                                        .plan = *plan,
                                                        .traits = traits,
                                                        .clock = clock,
                                                        .bounds = {.context = kContext, .vocab_size = kVocab},
                                                        .limits = limits,
                                                        .kv_blocks = kv_blocks,
                                                        .kv_block_tokens = 4,
                                                        .on_lost = std::move(on_lost)});
  }

  FakeTokenizer tokenizer{pieces()};
  SequenceTraits traits{
      .tokenizer = tokenizer, .eos_ids = {id(0)}, .known = known_tokens(tokenizer, kVocab), .vocab_size = kVocab};
  SystemClock clock;
  FakeBackend backend;
  std::unique_ptr<Plan> plan;
  std::unique_ptr<EngineLoop> loop;
};

inline GenerateRequest request(std::vector<TokenId> prompt, std::uint32_t max_tokens) {
  GenerateRequest request;
  request.prompt = std::move(prompt);
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0;
  return request;
}

inline void expect_empty(const EngineStats& stats) {
  EXPECT_EQ(stats.running, 0U);
  EXPECT_EQ(stats.waiting, 0U);
  EXPECT_EQ(stats.kv_blocks_used, 0U);
}

}  // namespace rbee::engine
