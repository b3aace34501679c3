#include "engine/tokenizer/bpe_model.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";  // ▁ U+2581
constexpr std::size_t kBmp = 0x10000;
// Words longer than this repeat too rarely to be worth remembering.
constexpr std::size_t kCachedWordBytesMax = 64;
constexpr std::size_t kCacheSlotsMin = 64, kCacheSlotsMax = 1 << 14;

}  // namespace

BpeModel::BpeModel(BpeParts parts) : parts_(std::move(parts)) {
  bool all_bytes = true;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    const std::uint32_t own = parts_.tokens.find({&raw, 1}),
                        written = parts_.tokens.find(fmt::format("<0x{:02X}>", byte));
    byte_tokens_[byte] = parts_.unit == BpeUnit::kByte || written == kNoToken ? own : written;
    all_bytes = all_bytes && byte_tokens_[byte] != kNoToken;
  }
  if (parts_.unit == BpeUnit::kByte) return;
  character_tokens_.assign(kBmp, kNoToken);
  for (std::uint32_t id = 0; id < parts_.tokens.id_end(); ++id) {
    const std::string_view bytes = parts_.tokens.bytes(id);
    if (bytes.empty() || bytes.size() > 3) continue;
    const Codepoint c = codepoint_at(bytes.data());
    if (c.bytes == bytes.size() && parts_.tokens.find(bytes) == id) character_tokens_[c.value] = id;
  }
  // No merge crosses a place between two characters that stand side by side in no token. With every byte a token no
  // unknown token can be fused across it either, so text may be cut there: at ▁, where nearly all words begin.
  splits_at_metaspace_ = parts_.byte_fallback && all_bytes;
  for (std::uint32_t id = 0; splits_at_metaspace_ && id < parts_.tokens.id_end(); ++id) {
    const std::string_view token = parts_.tokens.bytes(id);
    for (std::size_t at = token.find(kMetaspace, 1); at != std::string_view::npos;
         at = token.find(kMetaspace, at + 1)) {
      before_metaspace_[static_cast<unsigned char>(token[at - 1])] = true;
    }
  }
}

std::uint32_t BpeModel::character_token(std::string_view character) const {
  if (character.size() < 4) return character_tokens_[codepoint_at(character.data()).value];
  return parts_.tokens.find(character);
}

std::size_t BpeModel::word_end(std::string_view piece, std::size_t begin) const {
  if (!splits_at_metaspace_) return piece.size();
  for (std::size_t at = piece.find(kMetaspace, begin + 1); at != std::string_view::npos;
       at = piece.find(kMetaspace, at + 1)) {
    if (!before_metaspace_[static_cast<unsigned char>(piece[at - 1])]) return at;
  }
  return piece.size();
}

BpeEncoder::BpeEncoder(const BpeModel& model, std::size_t text_bytes, std::vector<TokenId>& out)
    : model_(model),
      out_(out),
      merger_(model.parts_.merges),
      cache_(std::clamp(std::bit_ceil(text_bytes / 16), kCacheSlotsMin, kCacheSlotsMax)) {}

void BpeEncoder::encode(std::string_view piece) {
  if (piece.empty()) return;
  if (model_.parts_.ignore_merges) {
    const std::uint32_t id = model_.parts_.tokens.find(piece);
    if (id != kNoToken) {
      out_.emplace_back(static_cast<std::int32_t>(id));
      return;
    }
  }
  for (std::size_t begin = 0; begin < piece.size();) {
    const std::size_t end = model_.word_end(piece, begin);
    encode_word(piece.substr(begin, end - begin));
    begin = end;
  }
}

void BpeEncoder::encode_word(std::string_view word) {
  if (word.size() > kCachedWordBytesMax) return merge_word(word);
  CachedWord& cached = cache_[hash_bytes(word) & (cache_.size() - 1)];
  if (cached.size == word.size() && std::memcmp(cached.data, word.data(), word.size()) == 0) {
    for (std::size_t i = 0; i < cached.n_ids; ++i) out_.push_back(out_[cached.ids_at + i]);
    return;
  }
  const std::size_t ids_at = out_.size();
  merge_word(word);
  cached = {word.data(), static_cast<std::uint32_t>(word.size()), static_cast<std::uint32_t>(out_.size() - ids_at),
            ids_at};
}

void BpeEncoder::merge_word(std::string_view word) {
  symbols_.clear();
  if (model_.parts_.unit == BpeUnit::kByte) {
    for (const char c : word) {
      const std::uint32_t id = model_.byte_tokens_[static_cast<unsigned char>(c)];
      if (id != kNoToken) symbols_.push_back(id);
    }
  } else {
    start_with_characters(word);
  }
  merger_.merge(symbols_);
  for (const std::uint32_t id : symbols_) {
    if (id < model_.parts_.pseudo_from) {
      out_.emplace_back(static_cast<std::int32_t>(id));
      continue;
    }
    for (const char c : model_.parts_.tokens.bytes(id)) {
      out_.emplace_back(static_cast<std::int32_t>(model_.byte_tokens_[static_cast<unsigned char>(c)]));
    }
  }
}

bool BpeEncoder::fall_back_to_bytes(std::string_view character) {
  const auto missing = [this](char c) { return model_.byte_tokens_[static_cast<unsigned char>(c)] == kNoToken; };
  if (!model_.parts_.byte_fallback || std::any_of(character.begin(), character.end(), missing)) return false;
  for (const char c : character) symbols_.push_back(model_.byte_tokens_[static_cast<unsigned char>(c)]);
  return true;
}

// As BPE::merge_word of the tokenizers library does it, where an unknown token that is held for fusing stays held
// while bytes fall back, and a character without any token is dropped when there is no unknown token.
void BpeEncoder::start_with_characters(std::string_view word) {
  const BpeParts& parts = model_.parts_;
  bool holds_unknown = false;
  for (std::size_t at = 0; at < word.size();) {
    const std::string_view character = word.substr(at, codepoint_at(word.data() + at).bytes);
    at += character.size();
    const std::uint32_t id = model_.character_token(character);
    if (id != kNoToken) {
      if (std::exchange(holds_unknown, false)) symbols_.push_back(parts.unknown);
      symbols_.push_back(id);
    } else if (!fall_back_to_bytes(character) && parts.unknown != kNoToken) {
      if (holds_unknown && !parts.fuse_unknown) symbols_.push_back(parts.unknown);
      holds_unknown = true;
    }
  }
  if (holds_unknown) symbols_.push_back(parts.unknown);
}

}  // namespace rbee::engine
