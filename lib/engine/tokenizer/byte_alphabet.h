#pragma once
// The printable alphabet that byte-level vocabularies write bytes in: "Ġthe" is the bytes " the".
// Source: bytes_to_unicode() of OpenAI's GPT-2 encoder: printable Latin-1 stands for itself, the other 68 bytes are
// U+0100 and up in order.

#include <optional>
#include <string>
#include <string_view>

namespace rbee::engine {

/// The bytes that `characters` stand for, appended to `out`; false (and `out` unchanged) when a character is not of the
/// alphabet. `characters` is valid UTF-8.
bool append_alphabet_bytes(std::string_view characters, std::string& out);

/// The character that stands for `byte`, in UTF-8.
std::string_view alphabet_character(unsigned char byte);

}  // namespace rbee::engine
