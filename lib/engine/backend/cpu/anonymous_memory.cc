#include "engine/backend/cpu/anonymous_memory.h"

#include <sys/mman.h>

#include <utility>

#include "base/error.h"
#include "base/memory.h"

namespace rbee::engine::cpu {

AnonymousMemory::AnonymousMemory(std::uint64_t bytes, std::string_view what) : size_(bytes) {
  if (bytes == 0) return;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (data_ == MAP_FAILED) {
    data_ = nullptr;
    fail(ErrorKind::kExhausted, "{} needs {} bytes, {} bytes of memory are available", what, bytes,
         available_memory_bytes());
  }
}

AnonymousMemory::~AnonymousMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

AnonymousMemory::AnonymousMemory(AnonymousMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

AnonymousMemory& AnonymousMemory::operator=(AnonymousMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace rbee::engine::cpu
