#pragma once
// Memory for weights that no file on disk holds.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rbee::engine {

/// Anonymous memory that keeps its content when its pages are taken out of the process, as those of a mapped file do:
/// what drops the pages of weights need not know which of the two they lie in.
class WeightMemory {
 public:
  /// `what` names it in errors. Throws Error{kExhausted}, with both numbers where it can be known in advance.
  WeightMemory(std::uint64_t bytes, std::string_view what);
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
