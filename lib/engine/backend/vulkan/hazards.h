#pragma once
// Where shader calls must wait for each other.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rbee::engine::vulkan {

/// Remembers what was read and written since the last barrier. Resources are numbered.
class Hazards {
 public:
  explicit Hazards(std::size_t resources) : read_(resources, false), written_(resources, false) {}

  /// True when a barrier must come before an op that reads and writes these; it then counts as done.
  bool must_wait(const std::vector<std::uint32_t>& reads, const std::vector<std::uint32_t>& writes) {
    bool wait = false;
    for (const std::uint32_t r : reads) wait = wait || written_[r];
    for (const std::uint32_t w : writes) wait = wait || written_[w] || read_[w];
    if (wait) {
      read_.assign(read_.size(), false);
      written_.assign(written_.size(), false);
    }
    for (const std::uint32_t r : reads) read_[r] = true;
    for (const std::uint32_t w : writes) written_[w] = true;
    return wait;
  }

 private:
  std::vector<bool> read_, written_;
};

}  // namespace rbee::engine::vulkan
