// Any text through a small byte-level tokenizer: what is decoded is the text, and streaming says the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/utf8.h"
#include "engine/tokenizer/small_tokenizer.h"
#include "engine/tokenizer/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::engine;
  static const auto tokenizer = parse_hf_tokenizer(small_byte_level_json(), "small");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ids = tokenizer->encode(text, AddSpecial::kYes);
  const std::string valid = rbee::replace_invalid_utf8(text);
  RBEE_CHECK(tokenizer->decode(ids, SkipSpecial::kNo) == valid);
  StreamDecoder stream(*tokenizer, SkipSpecial::kNo);
  std::string streamed;
  for (const TokenId id : ids) {
    const std::string piece = stream.push(id);
    RBEE_CHECK(rbee::find_invalid_utf8(piece) == std::string_view::npos);
    streamed += piece;
  }
  RBEE_CHECK(streamed + stream.finish() == valid);
  return 0;
}
