#pragma once
// Zeroed memory that costs nothing until it is touched.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rbee::engine::cpu {

/// Owns `bytes` of address space, page-aligned and zero; the system backs a page when it is first touched.
class AnonymousMemory {
 public:
  enum class Pages : std::uint8_t { kUsual, kHuge };

  AnonymousMemory() = default;
  /// kHuge asks for pages of 2 MiB where the system has them: reading is up to a fifth faster, products with rows far
  /// apart a tenth, but a page is backed as a whole. Throws Error{kExhausted} that names `what`, the bytes needed and
  /// those available.
  AnonymousMemory(std::uint64_t bytes, std::string_view what, Pages pages = Pages::kUsual);
  ~AnonymousMemory();
  AnonymousMemory(AnonymousMemory&& other) noexcept;
  AnonymousMemory& operator=(AnonymousMemory&& other) noexcept;

  std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  void* mapping_ = nullptr;  // data_ lies in it
  std::uint64_t mapping_bytes_ = 0;
};

}  // namespace rbee::engine::cpu
