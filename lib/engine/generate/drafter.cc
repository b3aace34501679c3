#include "engine/generate/drafter.h"

#include <algorithm>

namespace rbee::engine {
namespace {

constexpr double kFading = 0.9;  // about the last ten guesses count

constexpr double kAcceptanceMax = 0.98;  // no series of right guesses makes the next one certain

}  // namespace

double Drafter::acceptance() const {
  return std::min(right_ / counted_, kAcceptanceMax);
}

void Drafter::take(TokenId token) {
  if (next_ == guess_.size()) return;
  const bool right = guess_[next_] == token;
  right_ = right_ * kFading + (right ? 1 : 0);
  counted_ = counted_ * kFading + 1;
  next_ = right ? next_ + 1 : guess_.size();
}

}  // namespace rbee::engine
