#include "engine/tokenizer/bpe_parts.h"

#include "engine/tokenizer/byte_alphabet.h"

namespace rbee::engine {

std::optional<std::uint32_t> find_content(const BpeParts& parts, std::string_view content) {
  std::uint32_t id = kNoToken;
  std::string bytes;
  if (parts.unit == BpeUnit::kCharacter) {
    id = parts.tokens.find(content);
  } else if (append_alphabet_bytes(content, bytes)) {
    id = parts.tokens.find(bytes);
  } else if (const auto found = parts.unreachable.find(content); found != parts.unreachable.end()) {
    id = found->second;
  }
  return id == kNoToken ? std::nullopt : std::optional(id);
}

std::string content_of(const BpeParts& parts, std::uint32_t id) {
  const std::string_view bytes = parts.tokens.bytes(id);
  if (parts.unit == BpeUnit::kCharacter) return std::string(bytes);
  if (const auto found = parts.unreachable.find(bytes); found != parts.unreachable.end() && found->second == id) {
    return std::string(bytes);
  }
  std::string content;
  for (const char byte : bytes) content.append(alphabet_character(static_cast<unsigned char>(byte)));
  return content;
}

}  // namespace rbee::engine
