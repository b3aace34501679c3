#pragma once
// Byte-pair merging of one word: the lowest rank first, among equals the leftmost (Sennrich et al. 2016; the order of
// ties is that of the tokenizers library's Word::merge_all).

#include <cstdint>
#include <vector>

#include "engine/tokenizer/merge_table.h"

namespace rbee::engine {

/// Scratch of one encoding; reused from word to word. One thread.
class BpeMerger {
 public:
  explicit BpeMerger(const MergeTable& merges) : merges_(merges) {}

  /// Merges `symbols` in place until no pair merges. O(n log n) time, O(n) memory, constant stack.
  void merge(std::vector<std::uint32_t>& symbols);

 private:
  void merge_short(std::vector<std::uint32_t>& symbols);
  void merge_long(std::vector<std::uint32_t>& symbols);

  const MergeTable& merges_;
  std::vector<std::uint64_t> queue_;  // rank << 32 | position of the left symbol, a min-heap
  std::vector<std::uint32_t> previous_, next_;
};

}  // namespace rbee::engine
