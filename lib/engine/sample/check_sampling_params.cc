#include "engine/sample/check_sampling_params.h"

#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/sample/limits.h"

namespace rbee::engine {
namespace {

// NaN fails both comparisons.
void check_range(const std::string& name, float value, float low, float high) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::kBadRequest, fmt::format("{} is {}, must be from {} to {}", name, value, low, high), name);
}

}  // namespace

void check_sampling_params(const SamplingParams& params, std::uint32_t vocab_size) {
  check_range("temperature", params.temperature, 0.0F, kTemperatureMax);
  check_range("top_p", params.top_p, 0.0F, 1.0F);
  check_range("min_p", params.min_p, 0.0F, 1.0F);
  check_range("repetition_penalty", params.repetition_penalty, kRepetitionPenaltyMin, kRepetitionPenaltyMax);
  check_range("presence_penalty", params.presence_penalty, -kPenaltyMax, kPenaltyMax);
  check_range("frequency_penalty", params.frequency_penalty, -kPenaltyMax, kPenaltyMax);
  if (params.logit_bias.size() > kLogitBiasesMax) {
    throw Error(
        ErrorKind::kBadRequest,
        fmt::format("logit_bias has {} entries, at most {} are allowed", params.logit_bias.size(), kLogitBiasesMax),
        "logit_bias");
  }
  for (const LogitBias& bias : params.logit_bias) {
    check_range("logit_bias", bias.bias, -kLogitBiasMax, kLogitBiasMax);
    if (bias.token.value() < 0 || static_cast<std::uint32_t>(bias.token.value()) >= vocab_size) {
      throw Error(
          ErrorKind::kBadRequest,
          fmt::format("logit_bias names token {}, the vocabulary has {} tokens", bias.token.value(), vocab_size),
          "logit_bias");
    }
  }
}

}  // namespace rbee::engine
