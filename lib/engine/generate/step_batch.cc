#include "engine/generate/step_batch.h"

#include <algorithm>

namespace rbee::engine {

void StepBatch::clear() {
  parts_.clear();
  tokens_.clear();
  sequences_.clear();
  output_rows_.clear();
  candidates_ = 0;
  needs_logits_ = false;
}

void StepBatch::add(Sequence& sequence, std::uint32_t tokens, std::uint32_t draft) {
  const std::uint32_t first_token = this->tokens(), rows = sequence.rows_wanted(tokens) + draft;
  const std::span<const TokenId> guessed = sequence.draft().first(draft);
  parts_.push_back({.sequence = &sequence,
                    .tokens = tokens,
                    .draft = {guessed.begin(), guessed.end()},
                    .first_output = outputs(),
                    .outputs = rows,
                    .output_before = sequence.output_tokens(),
                    .decoding = sequence.decoding()});
  sequences_.push_back({.first_token = first_token,
                        .tokens = tokens + draft,
                        .position = sequence.position(),
                        .prompt_tokens = sequence.prompt_tokens(),
                        .blocks = sequence.blocks.blocks()});
  const std::span<const TokenId> next = sequence.next_tokens(tokens);
  tokens_.insert(tokens_.end(), next.begin(), next.end());
  tokens_.insert(tokens_.end(), guessed.begin(), guessed.end());
  for (std::uint32_t row = tokens + draft - rows; row < tokens + draft; ++row)
    output_rows_.push_back(first_token + row);
  if (rows == 0) return;
  const std::uint32_t wanted = sequence.candidates_wanted();
  candidates_ = std::max(candidates_, wanted);
  needs_logits_ = needs_logits_ || wanted == 0;
}

Step StepBatch::step() const {
  return {.tokens = tokens_, .sequences = sequences_, .output_rows = output_rows_};
}

}  // namespace rbee::engine
