#include "base/near_match.h"

#include <gtest/gtest.h>

namespace rbee {
namespace {

TEST(NearMatchTest, the_nearest_is_proposed_when_it_is_near) {
  const std::vector<std::string> ids = {"tinyllama", "mistral", "qwen-0.5b"};
  EXPECT_EQ(near_match("tinylama", ids), "tinyllama");
  EXPECT_EQ(near_match("mistarl", ids), "mistral");
  EXPECT_EQ(near_match("qwen", ids), "qwen-0.5b");
  EXPECT_EQ(near_match("gpt", ids), "");
  EXPECT_EQ(near_match("", ids), "");
  EXPECT_EQ(near_match(std::string(5000, 'x'), ids), "");
  EXPECT_EQ(edit_distance("spwan", "spawn"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
}

}  // namespace
}  // namespace rbee
