#include "engine/tokenizer/byte_alphabet.h"

#include <array>
#include <cstdint>

#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

constexpr std::size_t kCharacters = 0x144;  // 0x100 + 68

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<std::int16_t, kCharacters> byte_of{};  // -1: not of the alphabet
  std::array<std::array<char, 2>, 256> utf8{};
  std::array<std::uint8_t, 256> utf8_length{};

  constexpr Alphabet() {
    for (auto& byte : byte_of) byte = -1;
    unsigned next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const unsigned character = stands_for_itself(byte) ? byte : next++;
      byte_of[character] = static_cast<std::int16_t>(byte);
      if (character < 0x80) {
        utf8[byte] = {static_cast<char>(character), 0};
        utf8_length[byte] = 1;
      } else {
        utf8[byte] = {static_cast<char>(0xC0 | character >> 6), static_cast<char>(0x80 | (character & 0x3F))};
        utf8_length[byte] = 2;
      }
    }
  }
};

constexpr Alphabet kAlphabet;

}  // namespace

bool append_alphabet_bytes(std::string_view characters, std::string& out) {
  const std::size_t before = out.size();
  for (std::size_t at = 0; at < characters.size();) {
    const Codepoint c = codepoint_at(characters.data() + at);
    if (c.value >= kCharacters || kAlphabet.byte_of[c.value] < 0) {
      out.resize(before);
      return false;
    }
    out += static_cast<char>(static_cast<unsigned char>(kAlphabet.byte_of[c.value]));
    at += c.bytes;
  }
  return true;
}

std::string_view alphabet_character(unsigned char byte) {
  return {kAlphabet.utf8[byte].data(), kAlphabet.utf8_length[byte]};
}

}  // namespace rbee::engine
