#pragma once
// Memory for quantized weights that no file on disk holds.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rbee::engine {

/// Anonymous memory that keeps its content when its pages are taken out of the process, as those of a mapped file do:
/// what drops the pages of weights need not know which of the two they lie in.
class WeightMemory {
 public:
  /// Throws Error{kExhausted}, with both numbers where it can be known in advance.
  explicit WeightMemory(std::uint64_t bytes);
  ~WeightMemory();
  WeightMemory(const WeightMemory&) = delete;
  WeightMemory& operator=(const WeightMemory&) = delete;

  std::span<std::byte> bytes() { return {data_, size_}; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rbee::engine
