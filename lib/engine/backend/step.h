#pragma once
// The work of one engine step: some tokens of some sequences.

#include <cstdint>
#include <span>

#include "base/strong_id.h"
#include "engine/token_id.h"

namespace rbee::engine {

/// A block of the paged KV cache.
using BlockId = StrongId<struct BlockTag>;

/// The tokens of one sequence in a step: tokens [first_token, first_token + tokens) of the step, at positions
/// position, position + 1, ... Its cache lies in `blocks`: position p is in blocks[p / block_tokens] at p %
/// block_tokens.
struct StepSequence {
  std::uint32_t first_token = 0;
  std::uint32_t tokens = 0;
  std::uint32_t position = 0;
  std::uint32_t prompt_tokens = 0;  ///< of the whole prompt, for RopeTable::long_after
  std::span<const BlockId> blocks;  ///< covers at least position + tokens
};

/// Prefill, decode and mixes of both are one path. The spans are borrowed for the call.
struct Step {
  std::span<const TokenId> tokens;             ///< [T], sequence after sequence
  std::span<const StepSequence> sequences;     ///< in order, covering all of `tokens`
  std::span<const std::uint32_t> output_rows;  ///< [R] indices into `tokens` whose output is wanted
  std::span<const float> input;                ///< [T, columns] for graphs with kInput (op tests)
};

}  // namespace rbee::engine
