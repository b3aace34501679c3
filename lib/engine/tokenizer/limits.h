#pragma once
// What a tokenizer file and a text may be. Everything beyond is refused with an Error that names the limit.

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::engine {

constexpr std::uint64_t kTokenizerFileBytesMax = 128_MiB;
/// Tokens of one vocabulary. Gemma 3, the largest known, has 262,145.
constexpr std::size_t kVocabMax = 1 << 20;
constexpr std::size_t kTokenBytesMax = 64_KiB;
constexpr std::size_t kMergesMax = 4 << 20;
/// Ids may have gaps (GPT-4o's has), but no id may be above this many times the number of tokens, nor above kIdFloor
/// when there are few: tables are indexed by id.
constexpr std::size_t kIdGapFactor = 4;
constexpr std::size_t kIdFloor = 1 << 16;
constexpr std::size_t kAddedTokensMax = 1 << 16;
constexpr std::size_t kAddedTokenBytesMax = 4_KiB;
/// Normalizers, pre-tokenizers, decoders and processors: each kind, all nested sequences together.
constexpr std::size_t kStepsMax = 64;
constexpr std::size_t kPatternBytesMax = 4_KiB;
/// A text to encode, and what normalizers may make of it.
constexpr std::size_t kTextBytesMax = 64_MiB;
constexpr std::size_t kNormalizedBytesMax = 4 * kTextBytesMax;
/// Steps of a pattern that has no scanner of its own, for one text: kPatternStepsFloor + text bytes *
/// kPatternStepsPerByte.
constexpr std::uint64_t kPatternStepsFloor = 100'000;
constexpr std::uint64_t kPatternStepsPerByte = 64;
/// Probes of one hash table lookup; more means that a file was forged to collide.
constexpr std::size_t kProbesMax = 1024;

/// Bytes read while a score-based vocabulary's tokens are cut in two, the sum of their squared lengths.
constexpr std::uint64_t kSpmCutBytesMax = 1_GiB;

static_assert(kNormalizedBytesMax < UINT32_MAX, "offsets into a text are 32 bits wide");
static_assert(kVocabMax * kIdGapFactor < INT32_MAX, "TokenId is a signed 32-bit number");

}  // namespace rbee::engine
