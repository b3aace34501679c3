#pragma once
// Bounds of every field that a request can carry.

#include <cstdint>

#include "base/units.h"

namespace rbee::wire {

constexpr std::uint32_t kJobIdBytesMax = 128;
constexpr std::uint64_t kTextBytesMax = 16_MiB;  ///< a prompt or a text to tokenize; the body limit is met first
constexpr std::uint32_t kTokensMax = 4'194'304;  ///< ids in one list
constexpr std::uint32_t kMessagesMax = 10'000;
constexpr std::uint32_t kToolsMax = 1'000;
constexpr std::uint32_t kRoleBytesMax = 64;
constexpr std::uint32_t kStopStringsMax = 64;
constexpr std::uint32_t kStopBytesMax = 1'024;
constexpr std::uint32_t kPromptsMax = 256;  ///< prompts of one /v1/completions request
constexpr std::uint32_t kLogitBiasMax = 1'024;
constexpr std::uint32_t kTopLogprobsMax = 20;  ///< OpenAI's own bound
constexpr std::uint32_t kNameBytesMax = 512;   ///< a model's or a user's name

constexpr std::int64_t kTokenIdMax = INT32_MAX;
constexpr std::int64_t kOutputTokensMax = INT32_MAX;  ///< the model's context is the real bound, checked by the engine

constexpr double kTemperatureMax = 2.0;
constexpr double kRepetitionPenaltyMin = 0.01;
constexpr double kRepetitionPenaltyMax = 10.0;
constexpr double kPenaltyMax = 2.0;  ///< presence and frequency, either sign
constexpr double kLogitBiasAbsMax = 100.0;

}  // namespace rbee::wire
