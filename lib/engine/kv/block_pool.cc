#include "engine/kv/block_pool.h"

#include <utility>

#include "base/check.h"

namespace rbee::engine {

BlockLease::BlockLease(BlockLease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), blocks_(std::exchange(other.blocks_, {})) {}

BlockLease& BlockLease::operator=(BlockLease&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = std::exchange(other.pool_, nullptr);
    blocks_ = std::exchange(other.blocks_, {});
  }
  return *this;
}

BlockLease::~BlockLease() {
  give_back();
}

void BlockLease::give_back() {
  if (pool_ != nullptr) pool_->put(blocks_);
  pool_ = nullptr;
  blocks_.clear();
}

BlockPool::BlockPool(std::uint32_t blocks) : lent_(blocks, false) {
  free_.reserve(blocks);
  for (std::uint32_t block = blocks; block > 0; --block) free_.push_back(BlockId(block - 1));
}

BlockLease BlockPool::take(std::uint32_t count) {
  RBEE_CHECK(count <= free());
  std::vector<BlockId> blocks(free_.rbegin(), free_.rbegin() + count);
  free_.resize(free_.size() - count);
  for (const BlockId block : blocks) lent_[block.value()] = true;
  return BlockLease(*this, std::move(blocks));
}

void BlockPool::put(std::span<const BlockId> blocks) {
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    RBEE_CHECK(lent_[block->value()]);
    lent_[block->value()] = false;
    free_.push_back(*block);
  }
}

}  // namespace rbee::engine
