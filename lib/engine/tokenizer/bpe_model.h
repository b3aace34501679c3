#pragma once
// A BPE vocabulary and its merges, and the encoding of one piece of text with them.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/token_id.h"
#include "engine/tokenizer/bpe_merger.h"
#include "engine/tokenizer/bpe_parts.h"

namespace rbee::engine {

/// Immutable after construction: any thread may encode, each with its own BpeEncoder.
class BpeModel {
 public:
  explicit BpeModel(BpeParts parts);

  const TokenTable& tokens() const { return parts_.tokens; }
  const BpeParts& parts() const { return parts_; }
  /// The token of one byte (its own, or <0xNN>); kNoToken when there is none.
  std::uint32_t byte_token(unsigned char byte) const { return byte_tokens_[byte]; }

 private:
  friend class BpeEncoder;
  std::uint32_t character_token(std::string_view character) const;
  std::size_t word_end(std::string_view piece, std::size_t begin) const;

  BpeParts parts_;
  std::array<std::uint32_t, 256> byte_tokens_;
  std::vector<std::uint32_t> character_tokens_;  // [0x10000] by code point; empty for kByte
  bool splits_at_metaspace_ = false;
  std::array<bool, 256> before_metaspace_{};  // bytes that precede ▁ inside some token
};

/// Encodes the pieces of one text. One thread. Words seen before in the text are copied, not merged again: the
/// pieces and the output must stay in place while the encoder lives.
class BpeEncoder {
 public:
  /// For a text of about `text_bytes` bytes; ids are appended to `out`.
  BpeEncoder(const BpeModel& model, std::size_t text_bytes, std::vector<TokenId>& out);

  /// Appends the ids of `piece`, which is valid UTF-8.
  void encode(std::string_view piece);

 private:
  struct CachedWord {
    const char* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t n_ids = 0;
    std::size_t ids_at = 0;
  };
  void encode_word(std::string_view word);
  void merge_word(std::string_view word);
  void start_with_characters(std::string_view word);
  bool fall_back_to_bytes(std::string_view character);

  const BpeModel& model_;
  std::vector<TokenId>& out_;
  BpeMerger merger_;
  std::vector<std::uint32_t> symbols_;
  std::vector<CachedWord> cache_;  // direct-mapped by hash
};

}  // namespace rbee::engine
