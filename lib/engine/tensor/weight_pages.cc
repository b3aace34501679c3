#include "engine/tensor/weight_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace rbee::engine {
namespace {

std::uintptr_t page_bytes() {
  static const auto bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

bool read_pages(const std::byte* data, std::uint64_t bytes) {
  const auto first = reinterpret_cast<std::uintptr_t>(data) & ~(page_bytes() - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(data) + bytes;
#ifdef MADV_POPULATE_READ
  // One call maps all pages, and answers with an error where touching them would raise SIGBUS.
  if (madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_READ) == 0) return true;
  if (errno != EINVAL) return false;  // EINVAL: a kernel before 5.14
#endif
  madvise(reinterpret_cast<void*>(first), last - first, MADV_WILLNEED);
  for (std::uint64_t at = 0; at < bytes; at += page_bytes())
    static_cast<void>(*static_cast<const volatile std::byte*>(data + at));
  return true;
}

void drop_pages(const std::byte* data, std::uint64_t bytes) {
  const auto page = page_bytes();
  const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(data) + page - 1) & ~(page - 1);
  const std::uintptr_t last = (reinterpret_cast<std::uintptr_t>(data) + bytes) & ~(page - 1);
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void fail_unreadable(std::string_view weight) {
  fail(ErrorKind::kBadFile, "the bytes of weight '{}' cannot be read: the model file became shorter, or its disk fails",
       weight);
}

}  // namespace rbee::engine
