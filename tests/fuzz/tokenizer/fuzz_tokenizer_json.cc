// Any bytes as a tokenizer.json: an Error, or a tokenizer that encodes and decodes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "base/utf8.h"
#include "engine/tokenizer/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::engine;
  try {
    const auto tokenizer = parse_hf_tokenizer({reinterpret_cast<const char*>(data), size}, "input.json");
    const auto ids = tokenizer->encode("ab he\u0301llo <s> 12 \xF0\x9F\x98\x80\n", AddSpecial::kYes);
    for (const TokenId id : ids) RBEE_CHECK(static_cast<std::size_t>(id.value()) < tokenizer->vocab_size());
    RBEE_CHECK(rbee::find_invalid_utf8(tokenizer->decode(ids, SkipSpecial::kNo)) == std::string_view::npos);
  } catch (const rbee::Error&) {
  }
  return 0;
}
