#include "peaks/peak_buffer.h"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "base/error.h"
#include "base/units.h"

namespace rbee::peaks {
namespace {

constexpr std::size_t kHugePage = 2_MiB;

}  // namespace

PeakBuffer::PeakBuffer(std::size_t bytes, Pages pages) : mapped_(bytes + kHugePage) {
  mapping_ = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping_ == MAP_FAILED) {
    fail(ErrorKind::kExhausted, "no memory to measure reads on: {} asked for, {}", human_bytes(mapped_),
         std::strerror(errno));
  }
  const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
  const std::size_t skipped = (kHugePage - address % kHugePage) % kHugePage;
  auto* const first = reinterpret_cast<std::uint64_t*>(static_cast<std::byte*>(mapping_) + skipped);
  words_ = {first, bytes / sizeof(std::uint64_t)};
#ifdef MADV_HUGEPAGE
  // A refusal leaves ordinary pages: the best of both is what counts.
  ::madvise(first, bytes, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
#else
  static_cast<void>(pages);
#endif
}

PeakBuffer::~PeakBuffer() {
  ::munmap(mapping_, mapped_);
}

}  // namespace rbee::peaks
