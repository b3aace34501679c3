#pragma once
// The merges of a BPE vocabulary, by the pair of ids that they join.

#include <cstdint>
#include <vector>

namespace rbee::engine {

/// Joins two neighbours into `result`; the lowest rank goes first.
struct Merge {
  std::uint32_t rank;
  std::uint32_t result;
};

/// Open addressing over (left, right). Filled once, then read by any thread.
class MergeTable {
 public:
  MergeTable() : MergeTable(0) {}
  /// Room for `merges` merges.
  explicit MergeTable(std::size_t merges);

  /// A later merge of the same pair replaces the earlier one. Throws Error{kBadFile} when merges collide on purpose.
  void insert(std::uint32_t left, std::uint32_t right, Merge merge);

  /// Asks the memory for where the pair would stand.
  void prefetch(std::uint32_t left, std::uint32_t right) const { __builtin_prefetch(&slots_[slot_of(left, right)]); }

  /// Null when the pair does not merge.
  const Merge* find(std::uint32_t left, std::uint32_t right) const {
    for (std::size_t at = slot_of(left, right);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.left == left && slot.right == right) return &slot.merge;
      if (slot.left == kFree) return nullptr;
    }
  }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  struct Slot {
    std::uint32_t left = kFree, right = kFree;
    Merge merge{};
  };
  std::size_t slot_of(std::uint32_t left, std::uint32_t right) const {
    const std::uint64_t key = std::uint64_t{left} << 32 | right;
    return static_cast<std::size_t>((key ^ key >> 29) * 0x9E3779B97F4A7C15ull >> shift_);
  }

  std::vector<Slot> slots_;
  std::size_t mask_;
  unsigned shift_;
};

}  // namespace rbee::engine
