#include "engine/tokenizer/token_decoder.h"

#include "base/utf8.h"
#include "engine/tokenizer/byte_alphabet.h"

namespace rbee::engine {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_as_bytes(std::string_view token, std::string& out) {
  if (!append_alphabet_bytes(token, out)) out.append(token);
}

std::string replace_all(std::string_view text, std::string_view wanted, std::string_view by) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, copied)) {
    out.append(text.substr(copied, at - copied)).append(by);
    copied = at + wanted.size();
  }
  return out.append(text.substr(copied));
}

void strip(std::string& text, const StripDecode& step) {
  std::size_t begin = 0;
  for (std::size_t n = 0; n < step.start && std::string_view(text).substr(begin).starts_with(step.content); ++n) {
    begin += step.content.size();
  }
  text.erase(0, begin);
  for (std::size_t n = 0; n < step.stop && text.ends_with(step.content); ++n) {
    text.resize(text.size() - step.content.size());
  }
}

// One step over the whole list.
class Decode {
 public:
  explicit Decode(std::vector<std::string>& tokens) : tokens_(tokens) {}

  void operator()(const ByteLevelDecode&) {
    std::string joined;
    for (const std::string& token : tokens_) append_as_bytes(token, joined);
    tokens_.assign(1, replace_invalid_utf8(joined));
  }

  void operator()(const ByteFallbackDecode&) {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (find_invalid_utf8(bytes) == std::string_view::npos) {
        out.push_back(bytes);
      } else {
        for (std::size_t i = 0; i < bytes.size(); ++i) append_utf8(out.emplace_back(), kReplacementCharacter);
      }
      bytes.clear();
    };
    for (std::string& token : tokens_) {
      const int byte = byte_of_fallback_token(token);
      if (byte >= 0) {
        bytes += static_cast<char>(static_cast<unsigned char>(byte));
        continue;
      }
      flush();
      out.push_back(std::move(token));
    }
    flush();
    tokens_ = std::move(out);
  }

  void operator()(const FuseDecode&) {
    std::string joined;
    for (const std::string& token : tokens_) joined += token;
    tokens_.assign(1, std::move(joined));
  }

  void operator()(const StripDecode& step) {
    for (std::string& token : tokens_) strip(token, step);
  }

  void operator()(const ReplaceDecode& step) {
    std::string buffer;
    for (std::string& token : tokens_) {
      if (replace_matches(token, step.replace, buffer).data() != token.data()) token = buffer;
    }
  }

  void operator()(const MetaspaceDecode& step) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      tokens_[i] = replace_all(tokens_[i], step.replacement, i == 0 && step.drops_first ? "" : " ");
    }
  }

 private:
  std::vector<std::string>& tokens_;
};

}  // namespace

int byte_of_fallback_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return -1;
  const int high = hex_digit(token[3]), low = hex_digit(token[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string TokenDecoder::decode(std::vector<std::string> tokens) const {
  for (const DecoderStep& step : steps_) std::visit(Decode(tokens), step);
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

std::string TokenDecoder::bytes_of(std::string_view token) const {
  std::string bytes(token);
  for (const DecoderStep& step : steps_) {
    if (std::holds_alternative<ByteLevelDecode>(step)) {
      std::string raw;
      append_as_bytes(bytes, raw);
      return raw;
    }
    if (std::holds_alternative<ByteFallbackDecode>(step)) {
      const int byte = byte_of_fallback_token(bytes);
      if (byte >= 0) return std::string(1, static_cast<char>(static_cast<unsigned char>(byte)));
    } else if (const auto* replace = std::get_if<ReplaceDecode>(&step)) {
      std::string buffer;
      bytes = replace_matches(bytes, replace->replace, buffer);
    } else if (const auto* metaspace = std::get_if<MetaspaceDecode>(&step)) {
      bytes = replace_all(bytes, metaspace->replacement, " ");
    }
  }
  return bytes;
}

}  // namespace rbee::engine
