#pragma once
// Which blocks of the KV cache are free.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/step.h"

namespace rbee::engine {

class BlockPool;

/// Blocks that one request holds; they go back to the pool when the lease ends. The pool must outlive it.
class BlockLease {
 public:
  BlockLease() = default;
  BlockLease(BlockLease&& other) noexcept;
  BlockLease& operator=(BlockLease&& other) noexcept;
  ~BlockLease();

  /// In the order of the positions that they hold.
  std::span<const BlockId> blocks() const { return blocks_; }

 private:
  friend class BlockPool;
  BlockLease(BlockPool& pool, std::vector<BlockId> blocks) : pool_(&pool), blocks_(std::move(blocks)) {}
  void give_back();

  BlockPool* pool_ = nullptr;
  std::vector<BlockId> blocks_;
};

/// All blocks of a cache. Blocks that were given back last are lent first, so that a lightly used cache stays within
/// few pages of memory. One thread.
class BlockPool {
 public:
  explicit BlockPool(std::uint32_t blocks);

  /// `count` blocks. The caller has seen that they are free: more than free() is a bug.
  BlockLease take(std::uint32_t count);

  std::uint32_t total() const { return static_cast<std::uint32_t>(lent_.size()); }
  std::uint32_t free() const { return static_cast<std::uint32_t>(free_.size()); }
  std::uint32_t used() const { return total() - free(); }

 private:
  friend class BlockLease;
  void put(std::span<const BlockId> blocks);

  std::vector<BlockId> free_;  // a stack: the next block to lend is at the back
  std::vector<bool> lent_;     // by block
};

}  // namespace rbee::engine
