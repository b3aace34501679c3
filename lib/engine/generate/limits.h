#pragma once
// Bounds on what one request and one engine may take.

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::engine {

constexpr std::size_t kStopsMax = 32;          ///< stop strings of a request
constexpr std::size_t kStopBytesMax = 1024;    ///< length of one; so much text can be held back
constexpr std::uint32_t kSequencesMax = 1024;  ///< EngineOptions::sequences_max
constexpr std::uint32_t kQueueMax = 65536;     ///< EngineOptions::queue_max
constexpr std::uint32_t kStepTokensMin = 2;    ///< EngineOptions::step_tokens_max: one decode and one prefill token
constexpr std::uint32_t kStepTokensMax = 8192;
constexpr std::uint32_t kDraftTokensMax = 64;        ///< EngineOptions::draft_max
constexpr std::uint64_t kLogitsBytesMax = 64_MiB;    ///< of one step: bounds its rows of logits
constexpr std::uint32_t kLogitRowsMin = 2;           ///< the scheduler needs one for decode and one for prefill
constexpr std::uint64_t kKvBytesDefaultMax = 8_GiB;  ///< of a KV cache whose size was not given, beyond one context
constexpr std::uint32_t kContextMin = 256;           ///< a model's context is not reduced below this to fit memory

}  // namespace rbee::engine
