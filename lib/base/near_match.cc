#include "base/near_match.h"

#include <algorithm>
#include <limits>

namespace rbee {
namespace {

constexpr std::size_t kWordMax = 64;  // longer words are no typing errors
constexpr std::size_t kEditsMax = 3;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string near_match(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kWordMax) return "";
  std::string best;
  std::size_t best_distance = std::min(kEditsMax, word.size() / 3 + 1) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance =
        candidate.starts_with(word) && word.size() >= 3 ? 1 : edit_distance(word, candidate.substr(0, kWordMax));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string best = near_match(word, candidates);
  return best.empty() ? "" : ", did you mean '" + best + "'?";
}

}  // namespace rbee
