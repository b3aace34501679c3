#include "engine/tokenizer/gguf_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/gguf_pre.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/spm_merges.h"

namespace rbee::engine {
namespace {

// End-of-turn tokens that some converters do not mark as control tokens. Source: llama.cpp's auto-detection.
constexpr std::array<std::string_view, 8> kControlByName = {
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "<|eom_id|>"};

template <typename... Args>
[[noreturn]] void fail_key(const GgufVocab& vocab, std::string_view key, fmt::format_string<Args...> format,
                           Args&&... args) {
  fail(ErrorKind::kBadFile, "{}: tokenizer.ggml.{}", vocab.source,
       fmt::format("{}{}", key, fmt::format(format, std::forward<Args>(args)...)));
}

GgufTokenType type_of(const GgufVocab& vocab, std::size_t id) {
  if (std::find(kControlByName.begin(), kControlByName.end(), vocab.tokens[id]) != kControlByName.end()) {
    return GgufTokenType::kControl;
  }
  if (vocab.types.empty()) return GgufTokenType::kNormal;
  const std::int64_t type = vocab.types[id];
  return type >= 0 && type <= 6 ? static_cast<GgufTokenType>(type) : GgufTokenType::kUndefined;
}

void check_arrays(const GgufVocab& vocab) {
  const std::size_t n = vocab.tokens.size();
  if (n == 0) fail_key(vocab, "tokens", ": the vocabulary is empty");
  if (n > kVocabMax) fail_key(vocab, "tokens", ": {} tokens, at most {} are allowed", n, kVocabMax);
  if (vocab.merges.size() > kMergesMax) {
    fail_key(vocab, "merges", ": {} merges, at most {} are allowed", vocab.merges.size(), kMergesMax);
  }
  if (!vocab.scores.empty() && vocab.scores.size() < n) {
    fail_key(vocab, "scores", ": {} scores for {} tokens", vocab.scores.size(), n);
  }
  if (!vocab.types.empty() && vocab.types.size() < n) {
    fail_key(vocab, "token_type", ": {} types for {} tokens", vocab.types.size(), n);
  }
  for (std::size_t id = 0; id < n; ++id) {
    const std::string& token = vocab.tokens[id];
    if (token.size() > kTokenBytesMax) {
      fail_key(vocab, "tokens", "[{}]: {} bytes, at most {} are allowed", id, token.size(), kTokenBytesMax);
    }
    if (find_invalid_utf8(token) != std::string_view::npos) fail_key(vocab, "tokens", "[{}]: not UTF-8", id);
    if (type_of(vocab, id) == GgufTokenType::kByte && byte_of_fallback_token(token) < 0) {
      fail_key(vocab, "tokens", "[{}]: '{}' is marked as a byte; <0x00> to <0xFF> was expected", id, token);
    }
    if (!vocab.scores.empty() && std::isnan(vocab.scores[id])) fail_key(vocab, "scores", "[{}]: not a number", id);
  }
}

std::uint32_t checked_id(const GgufVocab& vocab, std::string_view key, std::uint64_t id) {
  if (id >= vocab.tokens.size()) fail_key(vocab, key, ": {}, but there are {} tokens", id, vocab.tokens.size());
  return static_cast<std::uint32_t>(id);
}

// An empty token gets a name, as in llama.cpp: it cannot be looked up.
std::string content_at(const GgufVocab& vocab, std::size_t id) {
  return vocab.tokens[id].empty() ? fmt::format("[EMPTY_{}]", id) : vocab.tokens[id];
}

void fill_tokens(const GgufVocab& vocab, const std::vector<std::string>& pseudo, BpeParts& model) {
  std::size_t bytes = 0;
  for (const std::string& token : vocab.tokens) bytes += token.size() + 1;
  if (bytes > kTokenizerFileBytesMax)
    fail_key(vocab, "tokens", ": {} bytes, at most {} are allowed", bytes, kTokenizerFileBytesMax);
  const std::size_t n = vocab.tokens.size();
  model.tokens = TokenTable(n + pseudo.size(), n + pseudo.size(), bytes);
  for (std::uint32_t id = 0; id < n; ++id) {
    const std::string content = content_at(vocab, id);
    std::string raw;
    TokenTable::Insert inserted;
    if (model.unit == BpeUnit::kCharacter) {
      inserted = model.tokens.insert(content, id);
    } else if (append_alphabet_bytes(content, raw)) {
      inserted = model.tokens.insert(raw, id);
    } else {
      inserted = model.tokens.insert_unindexed(content, id);
      if (!model.unreachable.emplace(content, id).second) inserted = TokenTable::Insert::kSameBytes;
    }
    if (inserted != TokenTable::Insert::kNew) fail_key(vocab, "tokens", "[{}]: duplicate token '{}'", id, content);
  }
  for (std::size_t i = 0; i < pseudo.size(); ++i) model.tokens.insert(pseudo[i], static_cast<std::uint32_t>(n + i));
}

void check_bytes(const GgufVocab& vocab, const BpeParts& model) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    const bool spm = model.unit == BpeUnit::kCharacter;
    // No UTF-8 text holds these.
    if (!spm && (byte == 0xC0 || byte == 0xC1 || byte >= 0xF5)) continue;
    const bool written = spm && model.tokens.find(fmt::format("<0x{:02X}>", byte)) != kNoToken;
    if (!written && model.tokens.find({&raw, 1}) == kNoToken)
      fail_key(vocab, "tokens", ": no token for the byte 0x{:02X}", byte);
  }
}

void fill_merges(const GgufVocab& vocab, BpeParts& model) {
  model.merges = MergeTable(vocab.merges.size());
  std::string joined;
  for (std::uint32_t i = 0; i < vocab.merges.size(); ++i) {
    const std::string& line = vocab.merges[i];
    if (find_invalid_utf8(line) != std::string_view::npos) fail_key(vocab, "merges", "[{}]: not UTF-8", i);
    // A merge may begin with a space; the first one behind it separates.
    const std::size_t space = line.find(' ', 1);
    if (space == std::string::npos) fail_key(vocab, "merges", "[{}]: '{}', two tokens were expected", i, line);
    const auto left = find_content(model, std::string_view(line).substr(0, space));
    const auto right = find_content(model, std::string_view(line).substr(space + 1));
    joined.assign(line, 0, space).append(line, space + 1);
    const auto result = find_content(model, joined);
    if (!left || !right) fail_key(vocab, "merges", "[{}]: a side of '{}' is not in the vocabulary", i, line);
    if (!result) fail_key(vocab, "merges", "[{}]: the result '{}' is not in the vocabulary", i, joined);
    if (model.merges.find(*left, *right) == nullptr) model.merges.insert(*left, *right, {i, *result});
  }
}

// Phi-3's special tokens take the white space behind them; the file does not say so. Source: llama.cpp.
bool strips_right(const GgufVocab& vocab, std::string_view content) {
  std::string name = vocab.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const bool phi3 = name.find("phi-3") != std::string::npos || name.find("phi3") != std::string::npos;
  return phi3 && content != "<unk>" && content != "<s>" && content != "<|endoftext|>";
}

void fill_special(const GgufVocab& vocab, GgufParts& parts) {
  for (std::uint32_t id = 0; id < vocab.tokens.size(); ++id) {
    const GgufTokenType type = type_of(vocab, id);
    const bool special = type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
    parts.is_special.push_back(special);
    if ((!special && type != GgufTokenType::kUserDefined) || vocab.tokens[id].empty()) continue;
    AddedToken token;
    token.content = vocab.tokens[id];
    if (token.content.size() > kAddedTokenBytesMax) {
      fail_key(vocab, "tokens", "[{}]: a special token of {} bytes, at most {} are allowed", id, token.content.size(),
               kAddedTokenBytesMax);
    }
    token.id = id;
    token.rstrip = strips_right(vocab, token.content);
    parts.special.add(token);
  }
}

void fill_around(const GgufVocab& vocab, bool add_bos, std::uint64_t default_bos, std::uint64_t default_eos,
                 GgufParts& parts) {
  const auto token = [&](std::string_view key, std::optional<std::uint64_t> id, std::uint64_t fallback) {
    return TokenId(static_cast<std::int32_t>(checked_id(vocab, key, id.value_or(fallback))));
  };
  if (vocab.add_bos.value_or(add_bos)) parts.around.before.push_back(token("bos_token_id", vocab.bos, default_bos));
  if (vocab.add_eos.value_or(false)) parts.around.after.push_back(token("eos_token_id", vocab.eos, default_eos));
}

void read_spm(const GgufVocab& vocab, GgufParts& parts) {
  parts.model.unit = BpeUnit::kCharacter;
  parts.model.byte_fallback = true;
  parts.model.pseudo_from = static_cast<std::uint32_t>(vocab.tokens.size());
  fill_tokens(vocab, characters_without_token(vocab.tokens), parts.model);
  check_bytes(vocab, parts.model);
  const std::vector<float> zeros(vocab.scores.empty() ? vocab.tokens.size() : 0, 0.0F);
  add_spm_merges(vocab.tokens, vocab.scores.empty() ? zeros : vocab.scores, vocab.source, parts.model);
  parts.add_space_prefix = vocab.add_space_prefix.value_or(true);
  std::vector<DecoderStep> decoder;
  decoder.push_back(ReplaceDecode{{SplitPattern::literal("\xE2\x96\x81"), " "}});
  decoder.push_back(ByteFallbackDecode{});
  decoder.push_back(FuseDecode{});
  if (parts.add_space_prefix) decoder.push_back(StripDecode{" ", 1, 0});
  parts.decoder = TokenDecoder(std::move(decoder));
  fill_around(vocab, true, 1, 2, parts);
}

void read_byte_level(const GgufVocab& vocab, GgufParts& parts) {
  GgufPre pre = gguf_pre(vocab.pre.value_or("default"), vocab.source);
  parts.model.unit = BpeUnit::kByte;
  parts.model.ignore_merges = pre.ignore_merges;
  fill_tokens(vocab, {}, parts.model);
  check_bytes(vocab, parts.model);
  fill_merges(vocab, parts.model);
  parts.normalizer = Normalizer(std::move(pre.normalizer));
  parts.pre_tokenizer = PreTokenizer(std::move(pre.steps));
  std::vector<DecoderStep> decoder;
  decoder.push_back(ByteLevelDecode{});
  parts.decoder = TokenDecoder(std::move(decoder));
  fill_around(vocab, pre.add_bos, 11, 11, parts);
}

}  // namespace

GgufParts read_gguf_parts(const GgufVocab& vocab) {
  check_arrays(vocab);
  GgufParts parts;
  if (vocab.model == "gpt2") {
    read_byte_level(vocab, parts);
  } else if (vocab.model == "llama") {
    read_spm(vocab, parts);
  } else {
    fail(ErrorKind::kUnsupported, "{}: tokenizer.ggml.model '{}' is not supported (known: gpt2, llama)", vocab.source,
         vocab.model);
  }
  for (const auto& [key, id] :
       {std::pair{"bos_token_id", vocab.bos}, {"eos_token_id", vocab.eos}, {"unknown_token_id", vocab.unknown}}) {
    if (id) checked_id(vocab, key, *id);
  }
  fill_special(vocab, parts);
  return parts;
}

}  // namespace rbee::engine
