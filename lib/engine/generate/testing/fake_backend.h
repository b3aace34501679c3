#pragma once
// A backend without arithmetic, for tests of what happens around it.

#include <algorithm>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/backend/backend.h"
#include "engine/testing/ranked_columns.h"

namespace rbee::engine {

/// Keeps tokens in a paged cache of its own, exactly where a step says, and makes each row of logits from the tokens
/// that it finds there. So a wrong position, block or row shows in the answer.
class FakeBackend final : public Backend {
 public:
  /// Fills logits [vocab] from all tokens of a sequence up to the row's.
  using Model = std::function<void(std::span<const TokenId> history, std::span<float> logits)>;
  /// Called before every step; may throw or wait.
  using Hook = std::function<void(const Step&)>;

  FakeBackend(std::uint32_t vocab, Model model, Hook hook = {}, double token_cost = 0.1,
              std::uint32_t candidates_max = 0)
      : vocab_(vocab),
        model_(std::move(model)),
        hook_(std::move(hook)),
        token_cost_(token_cost),
        candidates_max_(candidates_max) {}

  BackendDescription describe() const override {
    return {.name = "fake", .device = "none", .token_cost = token_cost_, .candidates_max = candidates_max_};
  }
  bool supports(const Op&, formats::DType) const override { return true; }
  std::unique_ptr<Plan> compile(const Graph&, const WeightTable&, const KvLayout& kv,
                                const StepLimits& limits) override {
    kv_ = kv;
    limits_ = limits;
    cache_.assign(std::size_t{kv.blocks} * kv.block_tokens, TokenId(-1));
    return std::make_unique<FakePlan>();
  }

  void run(Plan&, const Step& step, std::span<float> output) override {
    if (hook_) hook_(step);
    RBEE_CHECK(!step.tokens.empty() && step.tokens.size() <= limits_.tokens_max);
    RBEE_CHECK(step.output_rows.size() <= limits_.outputs_max && step.sequences.size() <= limits_.sequences_max);
    RBEE_CHECK(output.size() == step.output_rows.size() * vocab_);
    for (const StepSequence& sequence : step.sequences) {
      for (std::uint32_t i = 0; i < sequence.tokens; ++i) {
        slot(sequence, sequence.position + i) = step.tokens[sequence.first_token + i];
      }
    }
    for (std::size_t row = 0; row < step.output_rows.size(); ++row) {
      const std::vector<TokenId> history = history_of(step, step.output_rows[row]);
      model_(history, output.subspan(row * vocab_, vocab_));
    }
  }

  void run_candidates(Plan& plan, const Step& step, std::uint32_t count, std::span<Candidate> output) override {
    const std::size_t rows = step.output_rows.size();
    RBEE_CHECK(count > 0 && count <= candidates_max_ && output.size() == rows * count);
    std::vector<float> logits(rows * vocab_);
    run(plan, step, logits);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::vector<Candidate> ranked = ranked_columns(std::span(logits).subspan(row * vocab_, vocab_));
      std::fill_n(output.begin() + static_cast<std::ptrdiff_t>(row * count), count, kNoCandidate);
      std::copy_n(ranked.begin(), std::min<std::size_t>(count, vocab_),
                  output.begin() + static_cast<std::ptrdiff_t>(row * count));
    }
  }

 private:
  class FakePlan final : public Plan {};

  TokenId& slot(const StepSequence& sequence, std::uint32_t position) {
    RBEE_CHECK(position / kv_.block_tokens < sequence.blocks.size());
    const BlockId block = sequence.blocks[position / kv_.block_tokens];
    return cache_[std::size_t{block.value()} * kv_.block_tokens + position % kv_.block_tokens];
  }
  std::vector<TokenId> history_of(const Step& step, std::uint32_t token) {
    for (const StepSequence& sequence : step.sequences) {
      if (token < sequence.first_token || token >= sequence.first_token + sequence.tokens) continue;
      std::vector<TokenId> history;
      const std::uint32_t last = sequence.position + (token - sequence.first_token);
      for (std::uint32_t position = 0; position <= last; ++position) history.push_back(slot(sequence, position));
      return history;
    }
    RBEE_CHECK(false && "row belongs to no sequence");
    return {};
  }

  const std::uint32_t vocab_;
  const Model model_;
  const Hook hook_;
  const double token_cost_;
  const std::uint32_t candidates_max_;
  KvLayout kv_;
  StepLimits limits_;
  std::vector<TokenId> cache_;
};

}  // namespace rbee::engine
