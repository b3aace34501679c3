#pragma once
// A place in a GGUF file from which values are read, never past the end.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rbee::formats {

/// Reads little-endian values one after the other. Every error names the file, what was read, and the byte.
class GgufCursor {
 public:
  GgufCursor(std::span<const std::byte> bytes, std::string_view source) : bytes_(bytes), source_(source) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t bytes_left() const { return bytes_.size() - position_; }
  std::string_view source() const { return source_; }

  /// The next number; `what` names it in errors. Throws Error{kBadFile} when the file ends before it does.
  template <typename T>
  T read(std::string_view what) {
    T value;
    std::memcpy(&value, take(sizeof value, what), sizeof value);
    return value;
  }

  /// The next `count` bytes as text. Throws Error{kBadFile}.
  std::string_view read_text(std::uint64_t count, std::string_view what) {
    return {reinterpret_cast<const char*>(take(count, what)), static_cast<std::size_t>(count)};
  }

  /// The next string, of at most `bytes_max` bytes, with its length before it. Throws Error{kBadFile}.
  std::string_view read_string(std::string_view what, std::uint64_t bytes_max) {
    const auto length = read<std::uint64_t>(what);
    if (length > bytes_max) refuse("{}: length {} exceeds limit {}", what, length, bytes_max);
    return read_text(length, what);
  }

  /// Throws Error{kBadFile} with the file's name before the message.
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kBadFile, "{}: {}", source_, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  const std::byte* take(std::uint64_t count, std::string_view what) {
    if (count > bytes_left()) {
      refuse("{} needs {} bytes at {}, the file has {} bytes", what, count, position_, bytes_.size());
    }
    const std::byte* at = bytes_.data() + position_;
    position_ += count;
    return at;
  }

  const std::span<const std::byte> bytes_;
  const std::string_view source_;
  std::uint64_t position_ = 0;
};

}  // namespace rbee::formats
