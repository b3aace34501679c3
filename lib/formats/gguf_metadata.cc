#include "formats/gguf_metadata.h"

#include <utility>
#include <vector>

#include "base/check.h"
#include "formats/gguf_types.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

// Reads the metadata and keeps account of the memory it holds.
class MetadataReader {
 public:
  explicit MetadataReader(GgufCursor& cursor) : cursor_(cursor) {}

  GgufMetadata read(std::uint64_t count) {
    GgufMetadata metadata;
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string key(cursor_.read_string(fmt::format("metadata key {}", i), kGgufKeyBytesMax));
      if (key.empty()) cursor_.refuse("metadata key {} is empty", i);
      if (key.find('\0') != std::string::npos) cursor_.refuse("metadata key {} holds a NUL", i);
      charge(key.size() + sizeof(GgufValue));
      key_ = key;
      GgufValue value = read_value();
      if (!metadata.emplace(std::move(key), std::move(value)).second) cursor_.refuse("duplicate key '{}'", key_);
    }
    return metadata;
  }

 private:
  void charge(std::uint64_t bytes) {
    held_bytes_ += bytes;  // every charge is bounded by the file's size: no wrap
    if (held_bytes_ > kGgufMetadataBytesMax) {
      cursor_.refuse("key '{}': the metadata takes more than {} bytes", key_, kGgufMetadataBytesMax);
    }
  }

  GgufKind read_kind() {
    const auto kind = cursor_.read<std::uint32_t>(key_);
    if (kind >= kGgufKinds) cursor_.refuse("key '{}': value type {} is not known", key_, kind);
    return static_cast<GgufKind>(kind);
  }

  template <typename Wide, typename T>
  Wide read_as() {
    return static_cast<Wide>(cursor_.read<T>(key_));
  }

  bool read_bool() {
    const auto byte = cursor_.read<std::uint8_t>(key_);
    if (byte > 1) cursor_.refuse("key '{}': a boolean is {}, expected 0 or 1", key_, byte);
    return byte == 1;
  }

  std::string read_text() {
    const std::string_view text = cursor_.read_string(key_, kGgufStringBytesMax);
    charge(sizeof(std::string) + text.size());
    return std::string(text);
  }

  GgufValue read_value() {
    switch (read_kind()) {
      case GgufKind::kUint8:
        return read_as<std::uint64_t, std::uint8_t>();
      case GgufKind::kInt8:
        return read_as<std::int64_t, std::int8_t>();
      case GgufKind::kUint16:
        return read_as<std::uint64_t, std::uint16_t>();
      case GgufKind::kInt16:
        return read_as<std::int64_t, std::int16_t>();
      case GgufKind::kUint32:
        return read_as<std::uint64_t, std::uint32_t>();
      case GgufKind::kInt32:
        return read_as<std::int64_t, std::int32_t>();
      case GgufKind::kUint64:
        return read_as<std::uint64_t, std::uint64_t>();
      case GgufKind::kInt64:
        return read_as<std::int64_t, std::int64_t>();
      case GgufKind::kFloat32:
        return read_as<double, float>();
      case GgufKind::kFloat64:
        return read_as<double, double>();
      case GgufKind::kBool:
        return read_bool();
      case GgufKind::kString:
        return read_text();
      case GgufKind::kArray:
        return read_array();
    }
    RBEE_CHECK(false);
  }

  template <typename Wide, typename T>
  GgufValue read_numbers(std::uint64_t count) {
    charge(count * sizeof(Wide));
    std::vector<Wide> numbers(count);
    for (Wide& number : numbers) number = read_as<Wide, T>();
    return numbers;
  }

  GgufValue read_bools(std::uint64_t count) {
    charge(count);
    std::vector<bool> bools(count);
    for (std::uint64_t i = 0; i < count; ++i) bools[i] = read_bool();
    return bools;
  }

  GgufValue read_strings(std::uint64_t count) {
    std::vector<std::string> strings;  // grows with what was read: `count` strings may not be there
    for (std::uint64_t i = 0; i < count; ++i) strings.push_back(read_text());
    return strings;
  }

  GgufValue read_array() {
    const GgufKind kind = read_kind();
    const auto count = cursor_.read<std::uint64_t>(key_);
    if (kind == GgufKind::kArray) cursor_.refuse("key '{}': arrays of arrays are not supported", key_);
    if (count > kGgufArrayElementsMax) {
      cursor_.refuse("key '{}': array length {} exceeds limit {}", key_, count, kGgufArrayElementsMax);
    }
    if (count * gguf_kind_bytes(kind) > cursor_.bytes_left()) {
      cursor_.refuse("key '{}': an array of {} elements at {} does not fit into the file", key_, count,
                     cursor_.position());
    }
    switch (kind) {
      case GgufKind::kUint8:
        return read_numbers<std::uint64_t, std::uint8_t>(count);
      case GgufKind::kInt8:
        return read_numbers<std::int64_t, std::int8_t>(count);
      case GgufKind::kUint16:
        return read_numbers<std::uint64_t, std::uint16_t>(count);
      case GgufKind::kInt16:
        return read_numbers<std::int64_t, std::int16_t>(count);
      case GgufKind::kUint32:
        return read_numbers<std::uint64_t, std::uint32_t>(count);
      case GgufKind::kInt32:
        return read_numbers<std::int64_t, std::int32_t>(count);
      case GgufKind::kUint64:
        return read_numbers<std::uint64_t, std::uint64_t>(count);
      case GgufKind::kInt64:
        return read_numbers<std::int64_t, std::int64_t>(count);
      case GgufKind::kFloat32:
        return read_numbers<double, float>(count);
      case GgufKind::kFloat64:
        return read_numbers<double, double>(count);
      case GgufKind::kBool:
        return read_bools(count);
      case GgufKind::kString:
        return read_strings(count);
      case GgufKind::kArray:
        break;
    }
    RBEE_CHECK(false);
  }

  GgufCursor& cursor_;
  std::string key_ = "metadata";  // the key being read, for errors
  std::uint64_t held_bytes_ = 0;
};

}  // namespace

GgufMetadata read_gguf_metadata(GgufCursor& cursor, std::uint64_t count) {
  return MetadataReader(cursor).read(count);
}

}  // namespace rbee::formats
