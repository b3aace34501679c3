// rbee over real SSH servers: two pools with their own homes and addresses, and hosts that cannot be used.

#include <fstream>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/file.h"
#include "base/json.h"
#include "sshd_fixture.h"

namespace rbee::e2e {
namespace {

boost::json::value json_of(const ProgramResult& result) {
  EXPECT_EQ(result.code, 0) << result.err;
  return parse_json(result.out, "standard output");
}

void write_script(const std::filesystem::path& path, const std::string& text) {
  write_file_atomically(path, "#!/bin/sh\n" + text);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

class KeeperSshTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(SshdFixture::is_possible()) << "no sshd: run tools/setup.sh";
    site_ = std::make_unique<SshdFixture>(RBEE_KEEPER_PROGRAM, RBEE_HIVE_PROGRAM);
    a_ = &site_->add_pool("pool-a", "127.0.0.2");
    b_ = &site_->add_pool("pool-b", "127.0.0.3");
  }
  static void TearDownTestSuite() { site_.reset(); }

  static inline std::unique_ptr<SshdFixture> site_;
  static inline SshPool *a_ = nullptr, *b_ = nullptr;
};

TEST_F(KeeperSshTest, each_pool_has_its_own_catalog) {
  const ProgramResult table = site_->keeper({"pool", "models", "catalog", "--host", "pool-a"});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_NE(table.out.find("tinyllama"), std::string::npos) << table.out;
  EXPECT_EQ(table.err, "");
  const std::string model = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";
  EXPECT_EQ(site_->keeper({"pool", "models", "import", model, "--host", "pool-b"}).code, 0);
  EXPECT_NE(site_->keeper({"pool", "--host", "pool-b", "models", "list"}).out.find("demo-qwen"), std::string::npos);
  EXPECT_EQ(site_->keeper({"--host=pool-a", "pool", "models", "list"}).out.find("demo-qwen"), std::string::npos);
  EXPECT_EQ(json_of(site_->keeper({"pool", "status", "--json", "--host", "pool-b"})).at("home").as_string(),
            b_->rbee_home().string());
}

TEST_F(KeeperSshTest, arguments_arrive_as_they_are_and_the_exit_code_comes_back) {
  const ProgramResult usage = site_->keeper({"pool", "models", "catlog", "--host", "pool-a"});
  EXPECT_EQ(usage.code, 2);
  EXPECT_NE(usage.err.find("did you mean 'catalog'"), std::string::npos) << usage.err;
  write_script(a_->user_home() / "echo-hive", "for a; do printf '[%s]' \"$a\"; done; echo said >&2; exit 3");
  const ProgramResult added = site_->keeper({"pool", "add", "echo", "pool-a", "--hive", "~/echo-hive"});
  ASSERT_EQ(added.code, 0) << added.err;
  const ProgramResult echoed = site_->keeper({"pool", "models", "import", "it's \"quoted\"", "two\nlines\n", "",
                                              "$HOME `id` \\ !", "\xc3\xa4", "--host", "echo"});
  EXPECT_EQ(echoed.code, 3);
  EXPECT_EQ(echoed.out, "[models][import][it's \"quoted\"][two\nlines\n][][$HOME `id` \\ !][\xc3\xa4]");
  EXPECT_EQ(echoed.err, "said\n");
  EXPECT_EQ(site_->keeper({"pool", "remove", "echo"}).code, 0);
}

TEST_F(KeeperSshTest, ctrl_c_ends_the_command_over_there) {
  write_script(a_->user_home() / "slow-hive", "echo $$; echo up >&2; exec sleep 600");
  ASSERT_EQ(site_->keeper({"pool", "add", "slow", "pool-a", "--hive", "~/slow-hive"}).code, 0);
  const ProgramResult stopped = site_->keeper({"pool", "status", "--host", "slow"}, [](const ProgramResult& so_far) {
    return so_far.out.find('\n') != std::string::npos && so_far.err.find("up") != std::string::npos;
  });
  EXPECT_EQ(stopped.code, 130);
  const int pid = std::stoi(stopped.out);
  EXPECT_TRUE(eventually([&] { return !is_alive(identify_process(pid)); }));
  EXPECT_EQ(site_->keeper({"pool", "remove", "slow"}).code, 0);
}

TEST_F(KeeperSshTest, a_host_that_accepts_no_key_is_said_to_ask_for_a_password) {
  SshPool& locked = site_->add_pool("locked", "127.0.0.4");
  site_->add_alias("no-key",
                   "  HostName 127.0.0.4\n  Port " + std::to_string(locked.port()) + "\n  IdentityFile none\n");
  const ProgramResult no_key = site_->keeper({"pool", "status", "--host", "no-key"});
  EXPECT_EQ(no_key.code, 1);
  EXPECT_NE(no_key.err.find("asks for a password"), std::string::npos) << no_key.err;
}

TEST_F(KeeperSshTest, a_host_without_rbee_hive_and_one_that_is_down_say_so) {
  SshPool& bare = site_->add_bare_pool("bare", "127.0.0.5");
  const ProgramResult no_hive = site_->keeper({"pool", "status", "--host", "bare"});
  EXPECT_EQ(no_hive.code, 1);
  EXPECT_NE(no_hive.err.find("no rbee-hive over there"), std::string::npos) << no_hive.err;
  EXPECT_EQ(no_hive.err.find("rbee-remote"), std::string::npos) << no_hive.err;

  site_->take_down(bare);
  const ProgramResult down = site_->keeper({"pool", "status", "--host", "bare", "--json"});
  EXPECT_EQ(down.code, 1);
  EXPECT_NE(down.err.find("connection refused"), std::string::npos) << down.err;
  EXPECT_EQ(parse_json(down.out, "out").at("error").at("code").as_string(), "unavailable");
}

TEST_F(KeeperSshTest, a_host_that_is_an_option_is_wrong_use) {
  const ProgramResult option = site_->keeper({"pool", "status", "--host", "-oProxyCommand=touch x"});
  EXPECT_EQ(option.code, 2);
  EXPECT_NE(option.err.find("does not start with '-'"), std::string::npos) << option.err;
}

TEST_F(KeeperSshTest, a_worker_is_spawned_listed_and_stopped) {
  const std::string model = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";
  ASSERT_EQ(site_->keeper({"pool", "models", "import", model, "--host", "pool-a"}).code, 0);
  const auto worker = json_of(site_->keeper(
      {"pool", "worker", "spawn", "cpu", "--model", "demo-qwen", "--host", "pool-a", "--port", "0", "--json"}));
  EXPECT_EQ(worker.at("state").as_string(), "ready");
  const auto list = json_of(site_->keeper({"pool", "worker", "list", "--host", "pool-a", "--json"}));
  EXPECT_EQ(list.at("workers").as_array().size(), 1u);
  const ProgramResult stopped = site_->keeper({"pool", "worker", "stop", "worker-cpu-0", "--host", "pool-a"});
  EXPECT_EQ(stopped.code, 0) << stopped.err;
}

}  // namespace
}  // namespace rbee::e2e
