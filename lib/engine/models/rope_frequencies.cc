#include "engine/models/rope_frequencies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rbee::engine {
namespace {

using formats::RopeConfig;

// Llama 3.1: long waves are stretched by `factor`, short ones kept, those between blended.
double llama3_scaled(double frequency, const RopeConfig& rope) {
  const double context = rope.original_context;
  const double wavelength = 2 * std::numbers::pi / frequency;
  if (wavelength < context / rope.high_freq_factor) return frequency;
  if (wavelength > context / rope.low_freq_factor) return frequency / rope.factor;
  const double smooth = (context / wavelength - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor);
  return (1 - smooth) * frequency / rope.factor + smooth * frequency;
}

// The pair index whose wave turns `rotations` times over the original context.
double yarn_pair_of(double rotations, const RopeConfig& rope) {
  return rope.rotary_dim * std::log(rope.original_context / (rotations * 2 * std::numbers::pi)) /
         (2 * std::log(rope.theta));
}

double yarn_scaled(double frequency, std::uint32_t pair, const RopeConfig& rope) {
  const double low = std::max(std::floor(yarn_pair_of(rope.beta_fast, rope)), 0.0);
  const double high = std::min(std::ceil(yarn_pair_of(rope.beta_slow, rope)), rope.rotary_dim - 1.0);
  const double ramp = std::clamp((pair - low) / std::max(high - low, 0.001), 0.0, 1.0);
  return frequency / rope.factor * ramp + frequency * (1 - ramp);
}

double magnitude(const RopeConfig& rope, std::uint32_t context_length) {
  if (rope.attention_factor) return *rope.attention_factor;
  if (rope.scaling == RopeConfig::Scaling::kYarn) {
    return rope.factor <= 1 ? 1.0 : 0.1 * std::log(rope.factor) + 1.0;
  }
  if (rope.scaling == RopeConfig::Scaling::kLongRope && rope.original_context > 1) {
    const double stretch = static_cast<double>(context_length) / rope.original_context;
    return stretch <= 1 ? 1.0 : std::sqrt(1 + std::log(stretch) / std::log(rope.original_context));
  }
  return 1.0;
}

}  // namespace

RopeTable make_rope_table(const RopeConfig& rope, std::uint32_t context_length) {
  RopeTable table;
  table.interleaved = rope.layout == formats::RopeLayout::kInterleaved;
  table.magnitude = static_cast<float>(magnitude(rope, context_length));
  const bool long_rope = rope.scaling == RopeConfig::Scaling::kLongRope;
  if (long_rope) table.long_after = rope.original_context;
  for (std::uint32_t i = 0; i < rope.rotary_dim / 2; ++i) {
    double frequency = std::pow(rope.theta, -2.0 * i / rope.rotary_dim);
    switch (rope.scaling) {
      case RopeConfig::Scaling::kNone:
        break;
      case RopeConfig::Scaling::kLinear:
        frequency /= rope.factor;
        break;
      case RopeConfig::Scaling::kLlama3:
        frequency = llama3_scaled(frequency, rope);
        break;
      case RopeConfig::Scaling::kYarn:
        frequency = yarn_scaled(frequency, i, rope);
        break;
      case RopeConfig::Scaling::kLongRope:
        table.long_inverse_frequencies.push_back(static_cast<float>(frequency / rope.long_factors[i]));
        frequency /= rope.short_factors[i];
        break;
    }
    if (!rope.frequency_divisors.empty()) frequency /= rope.frequency_divisors[i];
    table.inverse_frequencies.push_back(static_cast<float>(frequency));
  }
  return table;
}

}  // namespace rbee::engine
