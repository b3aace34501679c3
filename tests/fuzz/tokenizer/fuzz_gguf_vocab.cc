// Any vocabulary as GGUF metadata would give it: an Error, or a tokenizer that encodes and decodes. The input is lines:
// kind, then tokens with a type and a score byte before them, then, behind an empty line, merges.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "base/utf8.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/gguf_vocab.h"

#include <fmt/format.h>

namespace {

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::engine;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  GgufVocab vocab;
  vocab.source = "input.gguf";
  const std::string_view kind = next_line(rest);
  vocab.model = kind.starts_with("s") ? "llama" : "gpt2";
  if (!kind.empty() && kind[0] != 's') vocab.pre = std::string(kind);
  const auto add = [&](std::string token, std::int64_t type, float score) {
    vocab.tokens.push_back(std::move(token));
    vocab.types.push_back(type);
    vocab.scores.push_back(score);
  };
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (vocab.model == "llama") {
      add(fmt::format("<0x{:02X}>", byte), 6, 0);
    } else {
      add(std::string(alphabet_character(static_cast<unsigned char>(byte))), 1, 0);
    }
  }
  for (std::string_view line = next_line(rest); line.size() > 2; line = next_line(rest)) {
    add(std::string(line.substr(2)), line[0] - '0', static_cast<float>(line[1]));
  }
  while (!rest.empty()) vocab.merges.emplace_back(next_line(rest));
  try {
    const auto tokenizer = make_gguf_tokenizer(vocab);
    const auto ids = tokenizer->encode("ab he\u0301llo <s> 12 \xF0\x9F\x98\x80\n", AddSpecial::kYes);
    for (const TokenId id : ids) RBEE_CHECK(static_cast<std::size_t>(id.value()) < tokenizer->vocab_size());
    RBEE_CHECK(rbee::find_invalid_utf8(tokenizer->decode(ids, SkipSpecial::kNo)) == std::string_view::npos);
  } catch (const rbee::Error&) {
  }
  return 0;
}
