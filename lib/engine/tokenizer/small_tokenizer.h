#pragma once
// For tests and fuzzers: small tokenizer.json texts.

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "engine/tokenizer/byte_alphabet.h"

namespace rbee::engine {

/// A byte-level vocabulary: all 256 bytes as ids 0 to 255, then a few merges, then one special token.
inline std::string small_byte_level_json() {
  std::string vocab;
  int id = 0;
  const auto add = [&](std::string_view token) {
    const std::string escaped = token == "\"" || token == "\\" ? "\\" + std::string(token) : std::string(token);
    vocab += fmt::format("{}\"{}\": {}", id == 0 ? "" : ", ", escaped, id);
    ++id;
  };
  for (unsigned byte = 0; byte < 256; ++byte) add(alphabet_character(static_cast<unsigned char>(byte)));
  for (const char* token : {"he", "ll", "hell", "hello", "Ġh", "Ġhello", "aa", "aaaa", "ĠĠ", "ĊĊ"}) add(token);
  return fmt::format(
      R"({{"added_tokens": [{{"id": {}, "content": "<|end|>", "special": true, "normalized": false}}],
"normalizer": null,
"pre_tokenizer": {{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}},
"post_processor": null,
"decoder": {{"type": "ByteLevel"}},
"model": {{"type": "BPE", "vocab": {{{}}},
"merges": ["h e", "l l", "he ll", "hell o", "Ġ h", "Ġ hello", "a a", "aa aa", "Ġ Ġ", "Ċ Ċ"]}}}})",
      id, vocab);
}

/// A model with three tokens and whatever else `components` (JSON members, each followed by a comma) say.
inline std::string tiny_json(std::string_view components = "", std::string_view vocab = R"("a": 0, "b": 1, "ab": 2)",
                             std::string_view merges = R"("a b")", std::string_view model = "") {
  return fmt::format(R"({{{} "model": {{{} "type": "BPE", "vocab": {{{}}}, "merges": [{}]}}}})", components, model,
                     vocab, merges);
}

}  // namespace rbee::engine
