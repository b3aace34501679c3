#pragma once
// How the next token is chosen.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/token_id.h"

namespace rbee::engine {

struct LogitBias {
  TokenId token;
  float bias = 0.0F;
};

/// Applied in this order: bias, repetition, presence and frequency penalties, temperature, top-k, top-p, min-p, draw.
/// The defaults change nothing.
struct SamplingParams {
  float temperature = 1.0F;  ///< 0: greedy (the highest logit after penalties and bias; lowest id on ties)
  std::uint32_t top_k = 0;   ///< keep the k most likely; 0: all
  float top_p = 1.0F;        ///< keep the smallest set whose probability reaches top_p
  float min_p = 0.0F;        ///< drop tokens below min_p times the most likely one's probability
  float repetition_penalty =
      1.0F;                       ///< logits of tokens seen (prompt and output): divided when positive, else multiplied
  float presence_penalty = 0.0F;  ///< subtracted once for tokens in the output
  float frequency_penalty = 0.0F;  ///< subtracted per occurrence in the output
  std::vector<LogitBias> logit_bias;
  std::uint64_t seed = 0;  ///< the draw of token i depends on (seed, i) alone
};

}  // namespace rbee::engine
