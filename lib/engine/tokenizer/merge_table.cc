#include "engine/tokenizer/merge_table.h"

#include <bit>

#include "base/error.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {

MergeTable::MergeTable(std::size_t merges)
    : slots_(std::bit_ceil(merges * 3 / 2 + 2)),
      mask_(slots_.size() - 1),
      shift_(64 - static_cast<unsigned>(std::countr_zero(slots_.size()))) {}

void MergeTable::insert(std::uint32_t left, std::uint32_t right, Merge merge) {
  std::size_t probes = 0;
  for (std::size_t at = slot_of(left, right);; at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    const bool same = slot.left == left && slot.right == right;
    if (same || slot.left == kFree) {
      slot = {left, right, merge};
      return;
    }
    if (++probes > kProbesMax) fail(ErrorKind::kBadFile, "merges: more than {} pairs collide", kProbesMax);
  }
}

}  // namespace rbee::engine
