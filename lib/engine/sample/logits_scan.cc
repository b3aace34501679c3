#include "engine/sample/logits_scan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/check.h"
#include "base/error.h"

namespace rbee::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool is_damaged(float logit) {
  return std::isnan(logit) || logit == kInfinity;
}

/// Of a row's damaged logits the first, or any logit where all are -infinity.
[[noreturn]] void refuse(float logit, std::size_t token) {
  if (is_damaged(logit)) {
    fail(ErrorKind::kBadFile, "the model's logits hold {} at token {}: its weights are damaged, or they overflow",
         std::isnan(logit) ? "NaN" : "infinity", token);
  }
  fail(ErrorKind::kBadFile, "the model's logits are all -infinity: no token can follow");
}

}  // namespace

void check_first(const Candidate& first) {
  if (!std::isfinite(first.value)) refuse(first.value, static_cast<std::size_t>(first.token.value()));
}

float checked_max(std::span<const float> logits) {
  // Independent lanes, so that the compiler can use vector instructions without reordering a float reduction.
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> high;
  std::array<std::uint32_t, kLanes> unordered{};
  high.fill(-kInfinity);
  std::size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    const float* row = logits.data() + i;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      high[lane] = row[lane] > high[lane] ? row[lane] : high[lane];
      unordered[lane] |= row[lane] != row[lane] ? 1U : 0U;
    }
  }
  for (; i < logits.size(); ++i) {
    high[0] = std::max(high[0], logits[i]);
    unordered[0] |= std::isnan(logits[i]) ? 1U : 0U;
  }
  const float max = *std::max_element(high.begin(), high.end());
  const bool has_nan = std::any_of(unordered.begin(), unordered.end(), [](std::uint32_t lane) { return lane != 0; });
  if (has_nan || std::isinf(max)) {
    const auto damaged = std::find_if(logits.begin(), logits.end(), is_damaged);
    const auto token = static_cast<std::size_t>(damaged - logits.begin());
    refuse(damaged == logits.end() ? max : *damaged, token);
  }
  return max;
}

TokenId first_with(std::span<const float> logits, float value) {
  const auto found = std::find(logits.begin(), logits.end(), value);
  RBEE_CHECK(found != logits.end());
  return TokenId(static_cast<std::int32_t>(found - logits.begin()));
}

}  // namespace rbee::engine
