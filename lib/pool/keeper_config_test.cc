#include "pool/keeper_config.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"

namespace rbee::pool {
namespace {

constexpr const char* kText =
    "# mine\n[hive]\npool_id = \"x\"  # here\n\n[pools.mac]\nhost = \"mac.home\"\nport = 2222\n# about the lab\n"
    "[pools.\"lab.local\"]\nhost = \"lab\"\n\n# the end\n[other]\nkey = [\n  1,\n]\n";

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class KeeperConfigTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  KeeperConfig load(const std::string& text) {
    write_file_atomically(file_, text);
    return load_keeper_config(file_, "/u");
  }
  const std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("rbee_config_" + random_hex(6));
};

TEST_F(KeeperConfigTest, pools_and_settings_are_read) {
  const KeeperConfig config = load(std::string(kText) + "[keeper]\nssh_config = \"~/c\"\n");
  EXPECT_EQ(config.names(), (std::vector<std::string>{"lab.local", "mac"}));
  EXPECT_EQ(config.find("mac")->host, "mac.home");
  EXPECT_EQ(config.find("mac")->port, 2222);
  EXPECT_EQ(config.find("nobody"), nullptr);
  EXPECT_EQ(config.ssh_config, "/u/c");
  EXPECT_TRUE(load_keeper_config("/nowhere/config.toml", "/u").pools.empty());
}

TEST_F(KeeperConfigTest, mistakes_are_named) {
  EXPECT_NE(refusal([&] { load("[pools.a]\nhots = \"x\"\n"); }).find("did you mean 'host'"), std::string::npos);
  EXPECT_NE(refusal([&] { load("[pools.a]\nhost = \"-oProxyCommand=x\"\n"); }).find("does not start with '-'"),
            std::string::npos);
  EXPECT_NE(refusal([&] { load("[pools.a]\nport = 70000\n"); }).find("1 to 65535"), std::string::npos);
  EXPECT_NE(refusal([&] { load("[pools.localhost]\n"); }).find("this machine"), std::string::npos);
  EXPECT_NE(refusal([&] { load("pools = 3\n"); }), "");
  EXPECT_NE(refusal([&] { load("[pools\n"); }).find("line 1"), std::string::npos);
}

TEST_F(KeeperConfigTest, adding_keeps_the_rest_byte_for_byte) {
  const KnownPool pool{
      .name = "ws", .host = "ws.home", .user = "me", .port = 22, .hive = "/a \"b\"\\c", .checkout = "~/r"};
  const std::string text = with_pool(kText, pool);
  EXPECT_TRUE(text.starts_with(kText));
  EXPECT_EQ(*load(text).find("ws"), pool);
  EXPECT_EQ(*load(with_pool("", pool)).find("ws"), pool);
  EXPECT_NE(refusal([&] { with_pool(text, pool); }).find("known already"), std::string::npos);
  EXPECT_NE(refusal([&] { with_pool("", {.name = "x", .host = "a b"}); }), "");
}

TEST_F(KeeperConfigTest, removing_takes_one_table_and_nothing_else) {
  EXPECT_EQ(
      without_pool(kText, "mac"),
      "# mine\n[hive]\npool_id = \"x\"  # here\n\n# about the lab\n[pools.\"lab.local\"]\nhost = \"lab\"\n\n# the "
      "end\n[other]\nkey = [\n  1,\n]\n");
  EXPECT_EQ(without_pool(with_pool("a = 1\n", {.name = "x", .host = "x"}), "x"), "a = 1\n\n");
  EXPECT_NE(refusal([] { without_pool(kText, "mca"); }).find("did you mean 'mac'"), std::string::npos);
}

TEST_F(KeeperConfigTest, what_is_not_written_as_a_table_is_left_to_its_author) {
  EXPECT_NE(refusal([] { without_pool("pools = {a = {host = \"x\"}, b = {host = \"y\"}}\n", "a"); }).find("by hand"),
            std::string::npos);
  EXPECT_NE(refusal([] { without_pool("[pools]\na.host = \"x\"\nb.host = \"y\"\n", "a"); }).find("by hand"),
            std::string::npos);
}

}  // namespace
}  // namespace rbee::pool
