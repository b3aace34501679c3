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

// A pool with a worker for the demo model; its port is on loopback, so every request goes through a tunnel.
class KeeperInferTest : public KeeperSshTest {
 protected:
  void SetUp() override {
    const std::string model = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";
    ASSERT_EQ(site_->keeper({"pool", "models", "import", model, "--host", "pool-a"}).code, 0);
  }
  void TearDown() override { site_->keeper({"pool", "worker", "stop-all", "--timeout", "1", "--host", "pool-a"}); }
  boost::json::value spawn(const std::string& backend) {
    return json_of(site_->keeper(
        {"pool", "worker", "spawn", backend, "--model", "demo-qwen", "--host", "pool-a", "--port", "0", "--json"}));
  }
  std::string worker_state() {
    const auto list = json_of(site_->keeper({"pool", "worker", "list", "--host", "pool-a", "--json"}));
    return std::string(list.at("workers").at(0).at("state").as_string());
  }
};

TEST_F(KeeperInferTest, a_worker_is_spawned_asked_through_a_tunnel_and_stopped) {
  const ProgramResult nobody = site_->keeper({"infer", "--model", "demo-qwen", "--prompt", "x", "--host", "pool-a"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.err.find("rbee pool worker spawn cpu --model demo-qwen --host pool-a"), std::string::npos)
      << nobody.err;
  EXPECT_EQ(spawn("cpu").at("state").as_string(), "ready");

  const ProgramResult answer = site_->keeper({"infer", "--model", "demo-qwen", "--chat", "--prompt", "What is a bee?",
                                              "--temperature", "0", "--host", "pool-a"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "A bee is a small flying insect that collects nectar and makes honey.\n");
  EXPECT_NE(answer.err.find("worker-cpu-0 on pool-a"), std::string::npos) << answer.err;
  const auto document = json_of(site_->keeper({"infer", "--worker", "worker-cpu-0", "--prompt", "Once", "--max-tokens",
                                               "4", "--ignore-eos", "--host", "pool-a", "--json"}));
  EXPECT_EQ(document.at("tokens_out").as_int64(), 4);
  EXPECT_EQ(site_->keeper({"infer", "--model", "demo-qwen", "--prompt", "x", "--top-p", "3", "--host", "pool-a"}).code,
            2);

  const ProgramResult stopped = site_->keeper({"pool", "worker", "stop", "worker-cpu-0", "--host", "pool-a"});
  EXPECT_EQ(stopped.code, 0) << stopped.err;
}

TEST_F(KeeperInferTest, ctrl_c_cancels_the_answer_on_the_worker) {
  spawn("reference");  // slow on purpose: there is time to press the key
  const ProgramResult cancelled = site_->keeper({"infer", "--model", "demo-qwen", "--prompt", "Once upon a time",
                                                 "--ignore-eos", "--max-tokens", "900", "--host", "pool-a"},
                                                [](const ProgramResult& so_far) { return so_far.out.size() > 10; });
  EXPECT_EQ(cancelled.code, 130) << cancelled.err;
  EXPECT_NE(cancelled.err.find("cancelled"), std::string::npos) << cancelled.err;
  EXPECT_TRUE(eventually([this] { return worker_state() == "ready"; }));
}

TEST_F(KeeperInferTest, a_chat_from_a_pipe_remembers_until_it_is_told_to_forget) {
  spawn("cpu");
  const std::filesystem::path script = site_->home() / "talk";
  write_script(script, "printf 'What is a bee?\\nWhat is a bee?\\n/reset\\nWhat is a bee?\\n/exit\\nnever\\n' | '" +
                           std::string(RBEE_KEEPER_PROGRAM) +
                           "' chat --model demo-qwen --temperature 0 --max-tokens 20 --host pool-a");
  const ProgramResult talk = run_program(script, {}, site_->environment());
  EXPECT_EQ(talk.code, 0) << talk.err;
  const std::string first = talk.out.substr(0, talk.out.find('\n') + 1);
  EXPECT_EQ(first, "A bee is a small flying insect that collects nectar and makes honey.\n");
  EXPECT_TRUE(talk.out.ends_with(first)) << talk.out;
  EXPECT_GT(talk.out.size(), 2 * first.size());
  EXPECT_NE(talk.err.find("Forgotten."), std::string::npos) << talk.err;
}

}  // namespace
}  // namespace rbee::e2e
