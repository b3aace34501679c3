#include "engine/sample/top_candidates.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace rbee::engine {
namespace {

void keep_best(std::vector<Candidate>& candidates, std::size_t count) {
  if (candidates.size() <= count) return;
  const auto last = candidates.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(candidates.begin(), last - 1, candidates.end(), ranks_before);
  candidates.resize(count);
}

}  // namespace

void top_candidates(std::span<const float> logits, std::size_t count, std::vector<Candidate>& out) {
  out.clear();
  count = std::min(count, logits.size());
  if (count == 0) return;
  const std::size_t room = std::min(2 * count + 64, logits.size());
  out.reserve(room);
  // Ids rise, so a later token that only equals the worst kept one ranks behind it: > suffices once `count` are kept.
  float threshold = -std::numeric_limits<float>::infinity();
  bool full = false;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (full && !(logits[i] > threshold)) continue;
    out.push_back({TokenId(static_cast<std::int32_t>(i)), logits[i]});
    if (out.size() < room || room == logits.size()) continue;
    keep_best(out, count);
    threshold = out[count - 1].value;  // nth_element leaves the worst of the kept there
    full = true;
  }
  keep_best(out, count);
  std::sort(out.begin(), out.end(), ranks_before);
}

}  // namespace rbee::engine
