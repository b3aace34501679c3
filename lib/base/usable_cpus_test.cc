#include "base/usable_cpus.h"

#include <gtest/gtest.h>

namespace rbee {
namespace {

TEST(UsableCpus, a_quota_is_rounded_up_to_whole_cpus) {
  EXPECT_EQ(cpus_of_quota("100000 100000"), 1U);
  EXPECT_EQ(cpus_of_quota("150000 100000\n"), 2U);
  EXPECT_EQ(cpus_of_quota("50000 100000"), 1U);  // half a core is one thread
  EXPECT_EQ(cpus_of_quota("1600000 100000"), 16U);
}

TEST(UsableCpus, no_quota_and_nonsense_are_no_limit) {
  for (const char* text : {"max 100000", "", "100000", "-1 100000", "100000 0", "a b", "1 2 3"}) {
    EXPECT_FALSE(cpus_of_quota(text).has_value()) << text;
  }
}

TEST(UsableCpus, there_is_at_least_one) {
  EXPECT_GE(usable_cpus(), 1U);
}

}  // namespace
}  // namespace rbee
