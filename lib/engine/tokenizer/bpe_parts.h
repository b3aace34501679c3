#pragma once
// A BPE vocabulary and its merges as data.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/tokenizer/merge_table.h"
#include "engine/tokenizer/token_table.h"

namespace rbee::engine {

/// What a piece is cut into before merging.
enum class BpeUnit : std::uint8_t {
  kByte,       ///< bytes: the tokens are byte strings (byte-level vocabularies, their alphabet resolved)
  kCharacter,  ///< characters, those that are no token by their bytes' <0xNN> tokens, or else the unknown token
};

/// Everything of a BPE model but the steps around it.
struct BpeParts {
  TokenTable tokens;
  /// Tokens of a byte-level vocabulary that are not written in its alphabet: text never becomes one of them, only an
  /// added token may. In `tokens` they stand as they are written, unindexed.
  std::map<std::string, std::uint32_t, std::less<>> unreachable;
  MergeTable merges;
  BpeUnit unit = BpeUnit::kCharacter;
  bool byte_fallback = false;
  bool fuse_unknown = false;
  bool ignore_merges = false;
  std::uint32_t unknown = kNoToken;
  /// Ids from here on are no tokens of the vocabulary but characters that occur inside some: when left over after
  /// merging they become their bytes' tokens.
  std::uint32_t pseudo_from = kNoToken;
};

/// The id of a token by its content as the vocabulary writes it; empty when there is none.
std::optional<std::uint32_t> find_content(const BpeParts& parts, std::string_view content);
/// The content of a token as the vocabulary writes it.
std::string content_of(const BpeParts& parts, std::uint32_t id);

}  // namespace rbee::engine
