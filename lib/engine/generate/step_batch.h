#pragma once
// A step while it is put together.

#include <cstdint>
#include <vector>

#include "engine/backend/step.h"
#include "engine/generate/sequence.h"

namespace rbee::engine {

/// Tokens of several sequences, and which of them need logits; owns what Step borrows.
class StepBatch {
 public:
  struct Part {
    Sequence* sequence = nullptr;
    std::uint32_t tokens = 0;    ///< known ones
    std::vector<TokenId> draft;  ///< guessed ones after them
    std::uint32_t first_output = 0,
                  outputs = 0;        ///< its rows of the step's output; the last draft.size() are the draft's
    std::uint32_t output_before = 0;  ///< tokens of its answer so far
    bool decoding = false;
  };

  void clear();
  /// The next `tokens` tokens of `sequence`, which must hold blocks for them, and the first `draft` of its guessed
  /// ones.
  void add(Sequence& sequence, std::uint32_t tokens, std::uint32_t draft);

  /// Borrows; valid until the next clear() or add().
  Step step() const;
  const std::vector<Part>& parts() const { return parts_; }
  std::uint32_t tokens() const { return static_cast<std::uint32_t>(tokens_.size()); }
  std::uint32_t outputs() const { return static_cast<std::uint32_t>(output_rows_.size()); }
  /// How many candidates of each output row are all that its sequences look at; 0: some look at every logit.
  std::uint32_t candidates() const { return needs_logits_ ? 0 : candidates_; }

 private:
  std::vector<Part> parts_;
  std::vector<TokenId> tokens_;
  std::vector<StepSequence> sequences_;
  std::vector<std::uint32_t> output_rows_;
  std::uint32_t candidates_ = 0;
  bool needs_logits_ = false;
};

}  // namespace rbee::engine
