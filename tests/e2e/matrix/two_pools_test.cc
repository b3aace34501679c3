// rbee test over two SSH servers, each with its own home, side by side.

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json.h"
#include "sshd_fixture.h"

namespace rbee::e2e {
namespace {

TEST(TwoPools, every_cell_of_both_is_tested_by_its_name) {
  ASSERT_TRUE(SshdFixture::is_possible()) << "no sshd: run tools/setup.sh";
  SshdFixture site(RBEE_KEEPER_PROGRAM, RBEE_HIVE_PROGRAM);
  for (const auto& [pool, address] : {std::pair("pool-a", "127.0.0.2"), std::pair("pool-b", "127.0.0.3")}) {
    site.add_pool(pool, address);
    const std::string model = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";
    ASSERT_EQ(site.keeper({"pool", "models", "import", model, "--host", pool}).code, 0);
  }
  const ProgramResult result = site.keeper({"test", "--pools", "pool-a,pool-b", "--backends", "cpu", "--json"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  const boost::json::value document = parse_json(result.out, "rbee test --json");
  EXPECT_EQ(document.at("run").at("pools").as_array().size(), 2U);
  ASSERT_EQ(document.at("cells").as_array().size(), 2U);
  EXPECT_EQ(document.at("cells").at(0).at("pool").as_string(), "pool-a");
  EXPECT_EQ(document.at("cells").at(1).at("pool").as_string(), "pool-b");
  for (const boost::json::value& cell : document.at("cells").as_array())
    EXPECT_EQ(cell.at("state").as_string(), "pass");

  // A pool that is down is unavailable; the other one is tested all the same.
  const ProgramResult half = site.keeper({"test", "--pools", "pool-a,pool-z", "--models", "demo-qwen", "--quick"});
  EXPECT_NE(half.out.find("✓ demo-qwen works on cpu @ pool-a"), std::string::npos) << half.out;
  EXPECT_NE(half.out.find("- demo-qwen unavailable on cpu @ pool-z"), std::string::npos) << half.out << half.err;
}

}  // namespace
}  // namespace rbee::e2e
