// A GGUF vocabulary as a Tokenizer: special tokens, then byte-level BPE or SentencePiece BPE, as llama.cpp does it.

#include <algorithm>
#include <deque>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/tokenizer/bpe_model.h"
#include "engine/tokenizer/gguf_parts.h"
#include "engine/tokenizer/gguf_vocab.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";  // ▁ U+2581

class GgufTokenizer final : public Tokenizer {
 public:
  explicit GgufTokenizer(GgufParts parts)
      : model_(std::move(parts.model)),
        special_(std::move(parts.special)),
        is_special_(std::move(parts.is_special)),
        around_(std::move(parts.around)),
        normalizer_(std::move(parts.normalizer)),
        pre_tokenizer_(std::move(parts.pre_tokenizer)),
        add_space_prefix_(parts.add_space_prefix),
        is_spm_(model_.parts().unit == BpeUnit::kCharacter),
        decoder_(std::move(parts.decoder)) {
    if (!is_spm_) return;
    for (std::uint32_t id = 0; id < is_special_.size(); ++id) {
      const std::string content = content_of(model_.parts(), id);
      spm_bytes_.append(is_special_[id] ? content : decoder_.bytes_of(content));
      spm_bytes_.finish();
    }
  }

  std::vector<TokenId> encode(std::string_view text, AddSpecial add_special) const override {
    if (text.size() > kTextBytesMax) {
      fail(ErrorKind::kBadRequest, "a text of {} bytes, at most {} are allowed", text.size(), kTextBytesMax);
    }
    std::string repaired;
    if (find_invalid_utf8(text) != std::string_view::npos) text = repaired = replace_invalid_utf8(text);
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3 + 2);
    if (add_special == AddSpecial::kYes) ids.insert(ids.end(), around_.before.begin(), around_.before.end());
    encode_text(text, ids);
    if (add_special == AddSpecial::kYes) ids.insert(ids.end(), around_.after.begin(), around_.after.end());
    return ids;
  }

  std::string decode(std::span<const TokenId> ids, SkipSpecial skip_special) const override {
    std::vector<std::string> contents;
    for (const TokenId id : ids) {
      const std::uint32_t number = checked(id);
      if (is_special_[number] && skip_special == SkipSpecial::kYes) continue;
      contents.push_back(content_of(model_.parts(), number));
    }
    return decoder_.decode(std::move(contents));
  }

  std::string_view token_bytes(TokenId id) const override {
    const std::uint32_t number = checked(id);
    return is_spm_ ? spm_bytes_[number] : model_.tokens().bytes(number);
  }
  bool is_special(TokenId id) const override {
    const auto number = static_cast<std::uint32_t>(id.value());
    return number < is_special_.size() && is_special_[number];
  }
  std::size_t vocab_size() const override { return is_special_.size(); }
  std::optional<TokenId> find(std::string_view content) const override {
    const auto id = find_content(model_.parts(), content);
    if (!id || *id >= is_special_.size()) return std::nullopt;
    return TokenId(static_cast<std::int32_t>(*id));
  }

 private:
  /// The number of an id that has a token. Throws Error{kBadRequest} for others.
  std::uint32_t checked(TokenId id) const {
    const auto number = static_cast<std::uint32_t>(id.value());
    if (number >= is_special_.size()) {
      fail(ErrorKind::kBadRequest, "token id {} is not in the vocabulary of {} ids", id.value(), vocab_size());
    }
    return number;
  }

  /// Appends the ids of `text`, valid UTF-8.
  void encode_text(std::string_view text, std::vector<TokenId>& ids) const {
    BpeEncoder encoder(model_, text.size(), ids);
    std::deque<std::string> storage;  // texts that pieces view
    std::vector<Fragment> fragments;
    std::vector<Piece> pieces;
    special_.split(text, fragments);
    bool after_special = true;
    for (const Fragment& fragment : fragments) {
      if (fragment.id != kNoToken) {
        ids.emplace_back(static_cast<std::int32_t>(fragment.id));
      } else if (is_spm_) {
        encoder.encode(storage.emplace_back(escaped(fragment.text, add_space_prefix_ && after_special)));
      } else {
        pieces.assign(1, {normalizer_.apply(fragment.text, storage.emplace_back()).text, false});
        pre_tokenizer_.apply(pieces, storage);
        for (const Piece& piece : pieces) encoder.encode(piece.text);
      }
      after_special = fragment.id != kNoToken;
    }
  }

  /// `text` with ▁ for every space, and one more before it when `prefix`.
  static std::string escaped(std::string_view text, bool prefix) {
    std::string out;
    out.reserve(text.size() + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) * 2 + 3);
    if (prefix) out.append(kMetaspace);
    for (const char c : text) {
      if (c == ' ') {
        out.append(kMetaspace);
      } else {
        out += c;
      }
    }
    return out;
  }

  BpeModel model_;
  GgufSpecialTokens special_;
  std::vector<bool> is_special_;  // by id
  SpecialTemplate around_;
  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  const bool add_space_prefix_;
  const bool is_spm_;
  TokenDecoder decoder_;
  StringList spm_bytes_;  // by id, for SentencePiece
};

}  // namespace

std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufVocab& vocab) {
  return std::make_unique<GgufTokenizer>(read_gguf_parts(vocab));
}

}  // namespace rbee::engine
