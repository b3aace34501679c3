#include "engine/tokenizer/bpe_merger.h"

#include <algorithm>
#include <array>
#include <functional>

namespace rbee::engine {
namespace {

// Up to here, looking at every pair for the lowest rank is faster than a heap.
constexpr std::size_t kShortWord = 32;
constexpr std::uint32_t kNone = UINT32_MAX;

}  // namespace

void BpeMerger::merge(std::vector<std::uint32_t>& symbols) {
  if (symbols.size() < 2) return;
  if (symbols.size() <= kShortWord) {
    merge_short(symbols);
  } else {
    merge_long(symbols);
  }
}

void BpeMerger::merge_short(std::vector<std::uint32_t>& symbols) {
  std::array<Merge, kShortWord> pairs;  // pairs[i] joins symbols[i] and symbols[i + 1]
  const auto pair_at = [&](std::size_t i) {
    const Merge* merge = merges_.find(symbols[i], symbols[i + 1]);
    return merge == nullptr ? Merge{kNone, 0} : *merge;
  };
  std::size_t n = symbols.size();
  for (std::size_t i = 0; i + 1 < n; ++i) pairs[i] = pair_at(i);
  while (n > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < n; ++i) {
      if (pairs[i].rank < pairs[best].rank) best = i;
    }
    if (pairs[best].rank == kNone) break;
    symbols[best] = pairs[best].result;
    for (std::size_t i = best + 1; i + 1 < n; ++i) {
      symbols[i] = symbols[i + 1];
      pairs[i - 1] = pairs[i];
    }
    --n;
    if (best > 0) pairs[best - 1] = pair_at(best - 1);
    if (best + 1 < n) pairs[best] = pair_at(best);
  }
  symbols.resize(n);
}

void BpeMerger::merge_long(std::vector<std::uint32_t>& symbols) {
  const auto n = static_cast<std::uint32_t>(symbols.size());
  previous_.resize(n);
  next_.resize(n);
  queue_.clear();
  for (std::uint32_t i = 0; i < n; ++i) {
    previous_[i] = i == 0 ? kNone : i - 1;
    next_[i] = i + 1 == n ? kNone : i + 1;
    if (i + 1 == n) break;
    if (const Merge* merge = merges_.find(symbols[i], symbols[i + 1])) {
      queue_.push_back(std::uint64_t{merge->rank} << 32 | i);
    }
  }
  std::make_heap(queue_.begin(), queue_.end(), std::greater<>());
  const auto push = [&](std::uint32_t left, std::uint32_t right) {
    if (const Merge* merge = merges_.find(symbols[left], symbols[right])) {
      queue_.push_back(std::uint64_t{merge->rank} << 32 | left);
      std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
    }
  };
  while (!queue_.empty()) {
    const std::uint64_t top = queue_.front();
    std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
    queue_.pop_back();
    const auto left = static_cast<std::uint32_t>(top);
    const std::uint32_t right = next_[left];
    if (symbols[left] == kNone || right == kNone) continue;
    // The pair may have changed since it was queued.
    const Merge* merge = merges_.find(symbols[left], symbols[right]);
    if (merge == nullptr || merge->rank != top >> 32) continue;
    symbols[left] = merge->result;
    symbols[right] = kNone;
    const std::uint32_t after = next_[right];
    next_[left] = after;
    if (after != kNone) previous_[after] = left;
    if (previous_[left] != kNone) push(previous_[left], left);
    if (after != kNone) push(left, after);
  }
  std::erase(symbols, kNone);
}

}  // namespace rbee::engine
