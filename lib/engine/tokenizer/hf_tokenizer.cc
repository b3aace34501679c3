// A tokenizer.json as a Tokenizer: added tokens, normalizer, pre-tokenizer, model, post-processor, decoder.

#include <algorithm>
#include <deque>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "engine/tokenizer/added_vocabulary.h"
#include "engine/tokenizer/bpe_model.h"
#include "engine/tokenizer/hf_components.h"
#include "engine/tokenizer/hf_model.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/tokenizer_json.h"

namespace rbee::engine {
namespace {

/// The components, read and checked.
struct HfParts {
  BpeParts model;
  AddedVocabulary added;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  SpecialTemplate special;
  std::vector<DecoderStep> decoder;
};

bool is_byte_level(const std::vector<DecoderStep>& decoder) {
  return decoder.size() == 1 && std::holds_alternative<ByteLevelDecode>(decoder[0]);
}

class HfTokenizer final : public Tokenizer {
 public:
  explicit HfTokenizer(HfParts parts)
      : joins_bytes_(parts.model.unit == BpeUnit::kByte && is_byte_level(parts.decoder)),
        has_decoder_(!parts.decoder.empty()),
        model_(std::move(parts.model)),
        added_(std::move(parts.added)),
        normalizer_(std::move(parts.normalizer)),
        pre_tokenizer_(std::move(parts.pre_tokenizer)),
        special_(std::move(parts.special)),
        decoder_(std::move(parts.decoder)) {
    for (const AddedToken& token : added_.tokens()) {
      std::string storage;
      const std::string_view sought =
          token.normalized ? normalizer_.apply(token.content, storage).text : std::string_view(token.content);
      (token.normalized ? in_normalized_ : in_raw_).add(token, sought);
      added_bytes_.push_back(token.special ? token.content : decoder_.bytes_of(token.content));
    }
    if (joins_bytes_) return;
    for (std::uint32_t id = 0; id < model_.tokens().id_end(); ++id) {
      if (model_.tokens().contains(id)) model_bytes_.append(decoder_.bytes_of(content_of(model_.parts(), id)));
      model_bytes_.finish();
    }
  }

  std::vector<TokenId> encode(std::string_view text, AddSpecial add_special) const override {
    if (text.size() > kTextBytesMax) {
      fail(ErrorKind::kBadRequest, "a text of {} bytes, at most {} are allowed", text.size(), kTextBytesMax);
    }
    std::string repaired;
    if (find_invalid_utf8(text) != std::string_view::npos) text = repaired = replace_invalid_utf8(text);
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3 + special_.before.size() + special_.after.size());
    if (add_special == AddSpecial::kYes) ids.insert(ids.end(), special_.before.begin(), special_.before.end());
    encode_text(text, ids);
    if (add_special == AddSpecial::kYes) ids.insert(ids.end(), special_.after.begin(), special_.after.end());
    return ids;
  }

  std::string decode(std::span<const TokenId> ids, SkipSpecial skip_special) const override {
    std::string joined;
    std::vector<std::string> contents;
    for (const TokenId id : ids) {
      const std::uint32_t number = checked(id);
      const AddedToken* added = added_.by_id(number);
      if (added != nullptr && added->special && skip_special == SkipSpecial::kYes) continue;
      if (!joins_bytes_) {
        contents.push_back(added != nullptr ? added->content : content_of(model_.parts(), number));
      } else {
        joined += added != nullptr ? decoder_.bytes_of(added->content) : std::string(model_.tokens().bytes(number));
      }
    }
    if (joins_bytes_) return replace_invalid_utf8(joined);
    if (has_decoder_) return decoder_.decode(std::move(contents));
    for (std::size_t i = 0; i < contents.size(); ++i) joined.append(i == 0 ? "" : " ").append(contents[i]);
    return joined;
  }

  std::string_view token_bytes(TokenId id) const override {
    const std::uint32_t number = checked(id);
    if (const AddedToken* added = added_.by_id(number)) {
      return added_bytes_[static_cast<std::size_t>(added - added_.tokens().data())];
    }
    return joins_bytes_ ? model_.tokens().bytes(number) : model_bytes_[number];
  }

  bool is_special(TokenId id) const override {
    const AddedToken* added = id.value() < 0 ? nullptr : added_.by_id(static_cast<std::uint32_t>(id.value()));
    return added != nullptr && added->special;
  }

  std::size_t vocab_size() const override { return std::max(model_.tokens().id_end(), added_.id_end()); }

  std::optional<TokenId> find(std::string_view content) const override {
    auto id = added_.find(content);
    if (!id) id = find_content(model_.parts(), content);
    return id ? std::optional(TokenId(static_cast<std::int32_t>(*id))) : std::nullopt;
  }

 private:
  /// The number of an id that has a token. Throws Error{kBadRequest} for others.
  std::uint32_t checked(TokenId id) const {
    const auto number = static_cast<std::uint32_t>(id.value());
    if (!model_.tokens().contains(number) && added_.by_id(number) == nullptr) {
      fail(ErrorKind::kBadRequest, "token id {} is not in the vocabulary of {} ids", id.value(), vocab_size());
    }
    return number;
  }

  /// Appends the ids of `text`, valid UTF-8.
  void encode_text(std::string_view text, std::vector<TokenId>& ids) const {
    BpeEncoder encoder(model_, text.size(), ids);
    std::deque<std::string> storage;  // texts that pieces view
    std::vector<Fragment> raw, normalized;
    std::vector<Piece> pieces;
    in_raw_.split(text, raw);
    for (const Fragment& fragment : raw) {
      if (fragment.id != kNoToken) {
        ids.emplace_back(static_cast<std::int32_t>(fragment.id));
        continue;
      }
      const Normalized changed = normalizer_.apply(fragment.text, storage.emplace_back());
      const bool at_start = fragment.text.data() == text.data() && changed.keeps_start;
      normalized.clear();
      in_normalized_.split(changed.text, normalized);
      for (const Fragment& part : normalized) {
        if (part.id != kNoToken) {
          ids.emplace_back(static_cast<std::int32_t>(part.id));
          continue;
        }
        pieces.assign(1, {part.text, at_start && part.text.data() == changed.text.data()});
        pre_tokenizer_.apply(pieces, storage);
        for (const Piece& piece : pieces) encoder.encode(piece.text);
      }
    }
  }

  const bool joins_bytes_;  // decoding is joining the tokens' bytes
  const bool has_decoder_;
  BpeModel model_;
  AddedVocabulary added_;
  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  SpecialTemplate special_;
  TokenDecoder decoder_;
  AddedTokenMatcher in_raw_, in_normalized_;
  std::vector<std::string> added_bytes_;  // of added_.tokens()
  StringList model_bytes_;                // by id; empty when the model's own bytes serve
};

}  // namespace

std::unique_ptr<Tokenizer> parse_hf_tokenizer(std::string_view text, std::string_view source) {
  const TokenizerJson json = read_tokenizer_json(text, source);
  const JsonNode root(json.document, source);
  PreTokenizerSteps pre_tokenizer;
  if (const auto node = root.find("pre_tokenizer")) pre_tokenizer = read_pre_tokenizer(*node);
  std::vector<NormalizerStep> normalizer;
  if (const auto node = root.find("normalizer")) normalizer = read_normalizer(*node);
  std::vector<DecoderStep> decoder;
  if (const auto node = root.find("decoder")) decoder = read_decoder(*node);
  BpeParts model =
      read_hf_model(root.at("model"), json, pre_tokenizer.byte_level ? BpeUnit::kByte : BpeUnit::kCharacter);
  AddedVocabulary added(root.find("added_tokens"), model);
  SpecialTemplate special;
  if (const auto node = root.find("post_processor")) {
    special = read_post_processor(*node, std::max(model.tokens.id_end(), added.id_end()));
  }
  return std::make_unique<HfTokenizer>(HfParts{std::move(model), std::move(added), Normalizer(std::move(normalizer)),
                                               PreTokenizer(std::move(pre_tokenizer.steps)), std::move(special),
                                               std::move(decoder)});
}

std::unique_ptr<Tokenizer> load_hf_tokenizer(const std::filesystem::path& tokenizer_json) {
  return parse_hf_tokenizer(read_file(tokenizer_json, kTokenizerFileBytesMax), tokenizer_json.string());
}

}  // namespace rbee::engine
