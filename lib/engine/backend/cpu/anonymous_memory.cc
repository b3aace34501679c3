#include "engine/backend/cpu/anonymous_memory.h"

#include <sys/mman.h>

#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/units.h"

namespace rbee::engine::cpu {

namespace {
constexpr std::uint64_t kHugePage = 2_MiB;
}

AnonymousMemory::AnonymousMemory(std::uint64_t bytes, std::string_view what, Pages pages) : size_(bytes) {
  if (bytes == 0) return;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  const std::uint64_t slack = pages == Pages::kHuge ? kHugePage : 0;
  mapping_bytes_ = (Checked(bytes) + slack).value_or_throw(what);
  mapping_ = mmap(nullptr, mapping_bytes_, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (mapping_ == MAP_FAILED) {
    mapping_ = nullptr;
    fail(ErrorKind::kExhausted, "{} needs {} bytes, {} bytes of memory are available", what, bytes,
         available_memory_bytes());
  }
  data_ = static_cast<std::byte*>(mapping_);
  if (pages == Pages::kHuge) {
    data_ += (kHugePage - reinterpret_cast<std::uintptr_t>(data_) % kHugePage) % kHugePage;
#if defined(MADV_HUGEPAGE)
    madvise(data_, bytes, MADV_HUGEPAGE);  // a wish: without huge pages it works as well
#endif
  }
}

AnonymousMemory::~AnonymousMemory() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_bytes_);
}

AnonymousMemory::AnonymousMemory(AnonymousMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_bytes_(std::exchange(other.mapping_bytes_, 0)) {}

AnonymousMemory& AnonymousMemory::operator=(AnonymousMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapping_, other.mapping_);
  std::swap(mapping_bytes_, other.mapping_bytes_);
  return *this;
}

}  // namespace rbee::engine::cpu
