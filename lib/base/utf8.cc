#include "base/utf8.h"

#include "base/check.h"

namespace rbee {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

struct LeadByte {
  std::uint32_t length;  // 0: never starts a character
  unsigned char second_min, second_max;
};

// Unicode standard, table 3-7 "Well-Formed UTF-8 Byte Sequences".
constexpr LeadByte classify(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// The well-formed bytes at the start of `text`, at most one character, and whether more would be needed.
struct Prefix {
  std::uint32_t bytes;
  bool complete;
};

Prefix well_formed_prefix(std::string_view text) {
  const LeadByte lead = classify(byte_at(text, 0));
  if (lead.length <= 1) return {1, lead.length == 1};
  std::uint32_t n = 1;
  for (; n < lead.length && n < text.size(); ++n) {
    const unsigned char min = n == 1 ? lead.second_min : 0x80, max = n == 1 ? lead.second_max : 0xBF;
    if (byte_at(text, n) < min || byte_at(text, n) > max) break;
  }
  return {n, n == lead.length};
}

}  // namespace

DecodedCodepoint decode_utf8(std::string_view text) {
  RBEE_CHECK(!text.empty());
  const Prefix prefix = well_formed_prefix(text);
  if (!prefix.complete) return {kInvalidCodepoint, prefix.bytes};
  const unsigned char lead = byte_at(text, 0);
  if (prefix.bytes == 1) return {lead, 1};
  char32_t codepoint = lead & (0xFFu >> (prefix.bytes + 1));
  for (std::uint32_t i = 1; i < prefix.bytes; ++i) codepoint = (codepoint << 6) | (byte_at(text, i) & 0x3F);
  return {codepoint, prefix.bytes};
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (byte_at(text, at) < 0x80) {
      ++at;
      continue;
    }
    const Prefix prefix = well_formed_prefix(text.substr(at));
    if (!prefix.complete) return at;
    at += prefix.bytes;
  }
  return std::string_view::npos;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Prefix prefix = well_formed_prefix(text.substr(at));
    if (prefix.complete) {
      out.append(text.substr(at, prefix.bytes));
    } else {
      append_utf8(out, kReplacementCharacter);
    }
    at += prefix.bytes;
  }
  return out;
}

std::size_t incomplete_utf8_tail(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const std::size_t at = text.size() - back;
    if ((byte_at(text, at) & 0xC0) == 0x80) continue;  // a continuation byte: its lead is further left
    const LeadByte lead = classify(byte_at(text, at));
    const Prefix prefix = well_formed_prefix(text.substr(at));
    return lead.length > back && !prefix.complete && prefix.bytes == back ? back : 0;
  }
  return 0;
}

}  // namespace rbee
