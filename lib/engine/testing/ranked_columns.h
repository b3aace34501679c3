#pragma once
// What Backend::run_candidates() promises, in the plainest way, for tests.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/candidate.h"

namespace rbee::engine {

/// Stands where a row has no more columns.
inline constexpr Candidate kNoCandidate{TokenId(-1), -std::numeric_limits<float>::infinity()};

/// All columns of a row in the order of candidates: NaN counts as +infinity.
inline std::vector<Candidate> ranked_columns(std::span<const float> row) {
  std::vector<Candidate> ranked;
  for (std::size_t i = 0; i < row.size(); ++i) ranked.push_back({TokenId(static_cast<std::int32_t>(i)), row[i]});
  const auto value = [](const Candidate& one) {
    return std::isnan(one.value) ? std::numeric_limits<float>::infinity() : one.value;
  };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const Candidate& a, const Candidate& b) { return value(a) > value(b); });
  return ranked;
}

}  // namespace rbee::engine
