#pragma once
// Memory to read from.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rbee::peaks {

enum class Pages : std::uint8_t {
  kOrdinary,
  kHuge,  ///< asked for by madvise; the system may not give them
};

/// Anonymous memory, aligned to 2 MiB, given back at the end. Its pages are not backed until they are written.
class PeakBuffer {
 public:
  /// Throws Error{kExhausted}.
  PeakBuffer(std::size_t bytes, Pages pages);
  ~PeakBuffer();
  PeakBuffer(const PeakBuffer&) = delete;
  PeakBuffer& operator=(const PeakBuffer&) = delete;

  std::span<std::uint64_t> words() const { return words_; }

 private:
  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::span<std::uint64_t> words_;
};

}  // namespace rbee::peaks
