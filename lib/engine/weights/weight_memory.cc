#include "engine/weights/weight_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/memory.h"
#include "base/units.h"

namespace rbee::engine {

WeightMemory::WeightMemory(std::uint64_t bytes, std::string_view what) {
  const std::uint64_t available = available_memory_bytes();
  if (available != 0 && bytes > available) {
    fail(ErrorKind::kExhausted, "{} need {} of memory, {} are available", what, human_bytes(bytes),
         human_bytes(available));
  }
  void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    fail(ErrorKind::kExhausted, "{} of memory for {}: {}", human_bytes(bytes), what, std::strerror(errno));
  }
  data_ = static_cast<std::byte*>(data);
  size_ = bytes;
}

WeightMemory::~WeightMemory() {
  ::munmap(data_, size_);
}

}  // namespace rbee::engine
