#include "engine/backend/cpu/rope_angles.h"

#include <algorithm>
#include <cmath>

namespace rbee::engine::cpu {

RopeAngles::RopeAngles(const RopeTable& table, std::uint32_t tokens_max)
    : table_(table),
      pairs_(static_cast<std::uint32_t>(table.inverse_frequencies.size())),
      cos_(std::size_t{tokens_max} * pairs_),
      sin_(std::size_t{tokens_max} * pairs_) {}

void RopeAngles::compute(const StepSequence& sequence, std::uint32_t begin, std::uint32_t end) {
  for (std::uint32_t t = begin; t < end; ++t) {
    const std::uint32_t position = sequence.position + t;
    const bool use_long = std::max(sequence.prompt_tokens, position + 1) > table_.long_after;
    const std::vector<float>& frequencies = use_long ? table_.long_inverse_frequencies : table_.inverse_frequencies;
    const std::size_t row = std::size_t{sequence.first_token + t} * pairs_;
    for (std::uint32_t i = 0; i < pairs_; ++i) {
      // The angle is rounded to float32, as in the implementations that models are trained with.
      const double angle = static_cast<float>(position) * frequencies[i];
      cos_[row + i] = static_cast<float>(std::cos(angle) * table_.magnitude);
      sin_[row + i] = static_cast<float>(std::sin(angle) * table_.magnitude);
    }
  }
}

}  // namespace rbee::engine::cpu
