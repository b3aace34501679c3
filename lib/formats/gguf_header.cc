#include "formats/gguf_header.h"

#include "formats/gguf_types.h"

namespace rbee::formats {
namespace {

constexpr std::size_t kFixedBytes = 4 + 4 + 8 + 8;  // magic, version, tensor count, metadata count

template <typename T>
void append_plain(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_text(std::string& to, std::string_view text) {
  append_plain<std::uint64_t>(to, text.size());
  to += text;
}

}  // namespace

void GgufHeader::add_key(std::string_view key, std::uint32_t kind) {
  append_text(metadata_, key);
  append_plain(metadata_, kind);
  ++metadata_count_;
}

void GgufHeader::add_uint32(std::string_view key, std::uint32_t value) {
  add_key(key, static_cast<std::uint32_t>(GgufKind::kUint32));
  append_plain(metadata_, value);
}

void GgufHeader::add_string(std::string_view key, std::string_view value) {
  add_key(key, static_cast<std::uint32_t>(GgufKind::kString));
  append_text(metadata_, value);
}

std::size_t GgufHeader::add_uint64s(std::string_view key, const std::vector<std::uint64_t>& values) {
  add_key(key, static_cast<std::uint32_t>(GgufKind::kArray));
  append_plain(metadata_, static_cast<std::uint32_t>(GgufKind::kUint64));
  append_plain<std::uint64_t>(metadata_, values.size());
  const std::size_t begin = kFixedBytes + metadata_.size();
  for (const std::uint64_t value : values) append_plain(metadata_, value);
  return begin;
}

void GgufHeader::add_tensor(std::string_view name, const std::vector<std::uint64_t>& shape, DType dtype,
                            std::uint64_t offset) {
  append_text(tensors_, name);
  append_plain(tensors_, static_cast<std::uint32_t>(shape.size()));
  for (auto dimension = shape.rbegin(); dimension != shape.rend(); ++dimension) append_plain(tensors_, *dimension);
  append_plain(tensors_, gguf_type_id(dtype));
  append_plain(tensors_, offset);
  ++tensor_count_;
}

std::string GgufHeader::bytes(std::uint64_t alignment) const {
  std::string header = "GGUF";
  append_plain<std::uint32_t>(header, 3);
  append_plain(header, tensor_count_);
  append_plain(header, metadata_count_);
  header += metadata_;
  header += tensors_;
  header.resize((header.size() + alignment - 1) / alignment * alignment, '\0');
  return header;
}

}  // namespace rbee::formats
