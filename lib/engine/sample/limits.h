#pragma once
// Bounds on sampling parameters.

#include <cstddef>
#include <cstdint>

namespace rbee::engine {

constexpr float kTemperatureMax = 100.0F;
constexpr float kPenaltyMax = 2.0F;  ///< presence and frequency, either sign, as OpenAI bounds them
constexpr float kRepetitionPenaltyMin = 0.01F;
constexpr float kRepetitionPenaltyMax = 100.0F;
constexpr float kLogitBiasMax = 100.0F;  ///< either sign
constexpr std::size_t kLogitBiasesMax = 4096;
constexpr std::uint32_t kTopLogprobsMax = 100;  ///< alternatives reported per token

}  // namespace rbee::engine
