#pragma once
// Zeroed memory that costs nothing until it is touched.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rbee::engine::cpu {

/// Owns `bytes` of address space, page-aligned and zero; the system backs a page when it is first touched.
class AnonymousMemory {
 public:
  AnonymousMemory() = default;
  /// Throws Error{kExhausted} that names `what`, the bytes needed and those available.
  AnonymousMemory(std::uint64_t bytes, std::string_view what);
  ~AnonymousMemory();
  AnonymousMemory(AnonymousMemory&& other) noexcept;
  AnonymousMemory& operator=(AnonymousMemory&& other) noexcept;

  std::byte* data() const { return static_cast<std::byte*>(data_); }
  std::uint64_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace rbee::engine::cpu
