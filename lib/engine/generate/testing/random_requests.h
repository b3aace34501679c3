#pragma once
// Requests of every sort, and what their clients see, for tests that compare two ways to the same answers.

#include <algorithm>
#include <bit>
#include <random>
#include <string>

#include "engine/generate/testing/loop_rig.h"
#include "engine/generate/testing/request_log.h"

namespace rbee::engine {

/// Leans towards what followed the last token before, and now and then towards something else: so guesses are often
/// right and often wrong.
inline void repeat_mostly(std::span<const TokenId> history, std::span<float> logits) {
  hash_history(history, logits);
  logits[0] = -1.0F;  // EOS, rarely
  for (std::size_t i = history.size() - 1; i-- > 0;) {
    if (history[i] != history.back()) continue;
    logits[static_cast<std::size_t>(history[i + 1].value())] += 9.0F;
    return;
  }
}

/// Everything that a client sees, as text; logarithms by their bits.
inline std::string fingerprint(const RequestLog& log) {
  const GenerateEvent last = log.last();
  std::string print = log.text() + "|" + last.error_message + "|" + last.stop_sequence + "|" +
                      std::to_string(static_cast<int>(last.stop_reason)) + "|" + std::to_string(last.output_tokens);
  for (const TokenId token : log.tokens()) print += " " + std::to_string(token.value());
  for (const TokenLogprob& one : log.logprobs()) {
    print += " " + std::to_string(one.token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(one.logprob));
    for (const auto& [token, logprob] : one.top) {
      print += "/" + std::to_string(token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(logprob));
    }
  }
  return print;
}

inline GenerateRequest random_request(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<TokenId> prompt(4 + random() % 40);
  const std::size_t period = 3 + random() % 9;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    prompt[i] = i < period ? id(static_cast<int>(1 + random() % 9)) : prompt[i - period];
  }
  GenerateRequest wanted = request(prompt, static_cast<std::uint32_t>(1 + random() % 80));
  const float temperatures[] = {0.0F, 0.4F, 1.0F, 1.7F};
  wanted.sampling.temperature = temperatures[random() % 4];
  wanted.sampling.seed = random();
  if (random() % 3 == 0) wanted.sampling.top_k = 3;
  if (random() % 3 == 0) wanted.sampling.top_p = 0.8F;
  if (random() % 4 == 0) wanted.sampling.repetition_penalty = 1.1F;
  if (random() % 4 == 0) wanted.sampling.presence_penalty = 0.2F;
  if (random() % 4 == 0) wanted.sampling.frequency_penalty = 0.1F;
  if (random() % 3 == 0) wanted.logprobs = 2;
  if (random() % 5 == 0) wanted.prompt_logprobs = 1;
  if (random() % 3 == 0) wanted.stop = {"1234", "77", "919"};
  wanted.ignore_eos = random() % 2 == 0;
  return wanted;
}

}  // namespace rbee::engine
