#include "engine/kv/block_pool.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

TEST(BlockPool, blocks_come_back_when_the_lease_ends) {
  BlockPool pool(8);
  {
    const BlockLease a = pool.take(3);
    const BlockLease b = pool.take(5);
    EXPECT_EQ(pool.free(), 0U);
    std::set<BlockId> all(a.blocks().begin(), a.blocks().end());
    all.insert(b.blocks().begin(), b.blocks().end());
    EXPECT_EQ(all.size(), 8U);
  }
  EXPECT_EQ(pool.used(), 0U);
  EXPECT_EQ(pool.total(), 8U);
}

TEST(BlockPool, a_moved_lease_returns_its_blocks_once) {
  BlockPool pool(4);
  BlockLease a = pool.take(2);
  BlockLease b = std::move(a);
  a = pool.take(1);
  EXPECT_EQ(pool.used(), 3U);
  a = std::move(b);
  EXPECT_EQ(pool.used(), 2U);
  a = BlockLease();
  EXPECT_EQ(pool.used(), 0U);
}

TEST(BlockPool, the_same_few_blocks_are_lent_again) {
  BlockPool pool(1000);
  for (int i = 0; i < 50; ++i) {
    const BlockLease lease = pool.take(4);
    for (const BlockId block : lease.blocks()) EXPECT_LT(block.value(), 4U);
  }
}

TEST(BlockPool, random_takes_and_returns_never_lend_a_block_twice) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  BlockPool pool(64);
  std::vector<BlockLease> leases;
  for (int i = 0; i < 2000; ++i) {
    if (random() % 2 == 0 && !leases.empty()) {
      leases.erase(leases.begin() + static_cast<std::ptrdiff_t>(random() % leases.size()));
    } else if (const std::uint32_t count = random() % 9; count <= pool.free()) {
      leases.push_back(pool.take(count));
    }
    std::set<BlockId> held;
    std::size_t blocks = 0;
    for (const BlockLease& lease : leases) {
      held.insert(lease.blocks().begin(), lease.blocks().end());
      blocks += lease.blocks().size();
    }
    ASSERT_EQ(held.size(), blocks);
    ASSERT_EQ(pool.used(), blocks);
  }
}

}  // namespace
}  // namespace rbee::engine
