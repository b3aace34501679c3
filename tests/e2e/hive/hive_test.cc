// rbee-hive from outside, with a stand-in for the worker.

#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/json_text.h"
#include "base/process_info.h"
#include "hive_runner.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string kTinyQwen = std::string(RBEE_TEST_DATA) + "/models/tiny-qwen2";

class HiveTest : public testing::Test {
 protected:
  TestPool pool_{RBEE_FAKE_WORKER};
  HiveResult hive(std::vector<std::string> arguments) { return pool_.run(std::move(arguments)); }
  void import() { ASSERT_EQ(hive({"models", "import", kTinyQwen, "--id", "tiny"}).code, 0); }
  boost::json::object spawn(const std::string& id) {
    const HiveResult result = hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", id, "--port", "0", "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return result.code == 0 ? result.json().as_object() : boost::json::object{};
  }
  std::string state_of(const std::string& id) {
    const auto workers = hive({"worker", "list", "--json"}).json().at("workers");
    for (const auto& worker : workers.as_array()) {
      if (worker.at("worker_id").as_string() == id) return std::string(worker.at("state").as_string());
    }
    return "none";
  }
  fs::path record(const std::string& id) const { return pool_.home() / "runtime" / "workers" / (id + ".json"); }
  fs::path log(const std::string& id) const { return pool_.home() / "runtime" / "workers" / (id + ".log"); }
};

TEST_F(HiveTest, the_catalog_prints_as_designed) {
  fs::create_directories(pool_.home() / "models");
  write_file_atomically(pool_.home() / "models" / "catalog.json",
                        R"({"version":"1.0","pool_id":"mac.home.arpa","models":[{"id":"tinyllama","name":)"
                        R"("TinyLlama 1.1B Chat","size_gb":2.2,"downloaded":true}]})");
  EXPECT_EQ(hive({"models", "catalog"}).out,
            "Model Catalog for mac.home.arpa\n"
            "================================================================================\n"
            "ID              Name                           Downloaded   Size\n"
            "--------------------------------------------------------------------------------\n"
            "tinyllama       TinyLlama 1.1B Chat            ✅           2.2 GB\n"
            "================================================================================\n"
            "Total models: 1\n");
}

TEST_F(HiveTest, a_fresh_pool_lists_the_known_models) {
  const HiveResult result = hive({"models", "catalog", "--json"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.json().at("models").as_array().size(), 7u);
  EXPECT_EQ(hive({"models", "list", "--json"}).json().at("models").as_array().size(), 0u);
}

TEST_F(HiveTest, a_worker_is_spawned_listed_and_stopped) {
  import();
  const boost::json::object worker = spawn("slow-1");
  EXPECT_EQ(worker.at("state").as_string(), "ready");
  EXPECT_EQ(state_of("slow-1"), "ready");
  const ProcessIdentity process = identify_process(static_cast<int>(worker.at("pid").as_int64()));
  EXPECT_TRUE(is_alive(process));
  EXPECT_NE(hive({"worker", "logs", "slow-1"}).out.find("fake worker slow-1"), std::string::npos);
  const HiveResult stopped = hive({"worker", "stop", "slow-1"});
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  EXPECT_FALSE(is_alive(process));
  EXPECT_FALSE(fs::exists(record("slow-1")));
  EXPECT_EQ(hive({"worker", "stop", "slow-1"}).code, 1);
}

TEST_F(HiveTest, a_worker_that_dies_gives_its_last_words) {
  import();
  const HiveResult result = hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", "crash-1", "--port", "0"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("exit code 3"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("made of cheese"), std::string::npos) << result.err;
  EXPECT_FALSE(fs::exists(record("crash-1")));
}

TEST_F(HiveTest, a_worker_that_loads_for_ever_is_given_up) {
  import();
  const HiveResult result =
      hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", "stall-1", "--port", "0", "--timeout", "1"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("no progress"), std::string::npos) << result.err;
}

TEST_F(HiveTest, a_deaf_worker_is_killed_after_the_deadline) {
  import();
  spawn("deaf-1");
  const HiveResult result = hive({"worker", "stop", "deaf-1", "--timeout", "1", "--json"});
  EXPECT_EQ(result.json().at("outcome").as_string(), "killed");
}

TEST_F(HiveTest, a_killed_worker_is_seen_as_dead) {
  import();
  const boost::json::object worker = spawn("a");
  const ProcessIdentity process = identify_process(static_cast<int>(worker.at("pid").as_int64()));
  signal_process(process, SIGKILL);
  ASSERT_TRUE(wait_until_gone(process, 5s));
  EXPECT_EQ(state_of("a"), "dead");
  EXPECT_EQ(hive({"worker", "stop", "a", "--json"}).json().at("outcome").as_string(), "already dead");
}

TEST_F(HiveTest, a_reused_pid_is_neither_adopted_nor_killed) {
  import();
  spawn("a");
  // A record of an earlier process with the pid of this test.
  boost::json::value forged = boost::json::object{
      {"worker_id", "b"}, {"pid", own_pid()},        {"backend", "cpu"}, {"gpu", 0},    {"model_id", "tiny"},
      {"port", 1},        {"pid_start_time", 12345}, {"boot_id", ""},    {"nonce", "n"}};
  write_file_atomically(record("b"), json_text(forged));
  EXPECT_EQ(state_of("b"), "dead");
  EXPECT_EQ(hive({"worker", "stop", "b"}).code, 0);  // this test is still alive
  EXPECT_FALSE(fs::exists(record("b")));
}

TEST_F(HiveTest, an_id_that_is_alive_is_refused_with_pid_and_model) {
  import();
  const boost::json::object worker = spawn("a");
  const HiveResult again = hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", "a", "--port", "0"});
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.err.find("pid " + std::to_string(worker.at("pid").as_int64()) + ", model tiny"), std::string::npos)
      << again.err;
}

TEST_F(HiveTest, a_taken_port_is_refused_and_says_by_whom) {
  import();
  const boost::json::object worker = spawn("a");
  const std::string port = std::to_string(worker.at("port").as_int64());
  const HiveResult by_worker = hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", "b", "--port", port});
  EXPECT_EQ(by_worker.code, 1);
  EXPECT_NE(by_worker.err.find("taken by worker a (pid"), std::string::npos) << by_worker.err;

  const FileDescriptor stranger(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(stranger.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(stranger.get(), 1), 0);
  ::getsockname(stranger.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const HiveResult by_stranger = hive(
      {"worker", "spawn", "cpu", "--model", "tiny", "--id", "b", "--port", std::to_string(ntohs(address.sin_port))});
  EXPECT_EQ(by_stranger.code, 1);
  EXPECT_NE(by_stranger.err.find("taken by pid " + std::to_string(own_pid())), std::string::npos) << by_stranger.err;
}

TEST_F(HiveTest, spawns_at_once_get_ports_of_their_own) {
  import();
  constexpr int kWorkers = 12;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int i = 0; i < kWorkers; ++i) {
    threads.emplace_back([&, i] {
      const std::string id = "w" + std::to_string(i);
      failed += hive({"worker", "spawn", "cpu", "--model", "tiny", "--id", id, "--port", "0"}).code == 0 ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  std::set<std::int64_t> ports;
  const auto workers = hive({"worker", "list", "--json"}).json().at("workers");
  for (const auto& worker : workers.as_array()) ports.insert(worker.at("port").as_int64());
  EXPECT_EQ(ports.size(), static_cast<std::size_t>(kWorkers));
  const HiveResult stopped = hive({"worker", "stop-all", "--json"});
  EXPECT_EQ(stopped.code, 0);
  EXPECT_EQ(stopped.json().at("workers").as_array().size(), static_cast<std::size_t>(kWorkers));
}

TEST_F(HiveTest, pools_of_one_machine_take_no_ports_from_each_other) {
  constexpr int kPools = 8;
  std::vector<std::unique_ptr<TestPool>> pools;
  for (int i = 0; i < kPools; ++i) {
    pools.push_back(std::make_unique<TestPool>(RBEE_FAKE_WORKER));
    ASSERT_EQ(pools.back()->run({"models", "import", kTinyQwen, "--id", "tiny"}).code, 0);
  }
  std::vector<HiveResult> results(kPools);
  std::vector<std::thread> threads;
  for (int i = 0; i < kPools; ++i) {
    threads.emplace_back([&, i] {
      results[i] = pools[i]->run({"worker", "spawn", "cpu", "--model", "tiny", "--port", "0"});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const HiveResult& result : results) EXPECT_EQ(result.code, 0) << result.err;
}

TEST_F(HiveTest, the_worker_sees_no_token_and_none_of_the_hives_files) {
  import();
  spawn("a");
  const std::string text = read_file(log("a"), 1 << 20);
  EXPECT_NE(text.find("env PATH="), std::string::npos);
  EXPECT_EQ(text.find("HF_TOKEN"), std::string::npos);
  EXPECT_EQ(text.find("secret-token"), std::string::npos);
}

TEST_F(HiveTest, names_that_attack_are_refused_and_touch_nothing) {
  import();
  const std::vector<std::string> attacks = {
      "-x", "$(id)", "; rm", "a\nb", "../x", "", "/etc/passwd", std::string(4096, 'a'), "a b", "`id`", "\x1b[31m"};
  for (const std::string& attack : attacks) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"worker", "spawn", "cpu", "--port", "0", "--model=" + attack},
          std::vector<std::string>{"worker", "spawn", "cpu", "--port", "0", "--model", "tiny", "--id=" + attack},
          std::vector<std::string>{"worker", "stop", "--", attack},
          std::vector<std::string>{"worker", "logs", "--", attack},
          std::vector<std::string>{"models", "import", kTinyQwen, "--id=" + attack},
          std::vector<std::string>{"models", "register", "--repo", "a/b", "--", attack},
          std::vector<std::string>{"models", "delete", "--", attack}}) {
      if (attack.empty() && command.size() > 2 && command.back() == "--id=") continue;  // as if not given
      const HiveResult result = hive(command);
      EXPECT_TRUE(result.code == 1 || result.code == 2) << command.back() << ": " << result.out;
      EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
      EXPECT_LT(result.err.size(), 1000u);
    }
  }
  EXPECT_EQ(hive({"worker", "spawn", "cpu", "--model=--help"}).code, 2);
  EXPECT_EQ(hive({"worker", "list", "--json"}).json().at("workers").as_array().size(), 0u);
  EXPECT_FALSE(fs::exists(pool_.home().parent_path() / "x"));
}

TEST_F(HiveTest, wrong_use_says_what_to_do) {
  const HiveResult misspelt = hive({"worker", "spwan", "cpu"});
  EXPECT_EQ(misspelt.code, 2);
  EXPECT_NE(misspelt.err.find("did you mean 'spawn'?"), std::string::npos) << misspelt.err;
  const HiveResult unknown = hive({"models", "info", "tinylama"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("did you mean 'tinyllama'?"), std::string::npos) << unknown.err;
  EXPECT_EQ(hive({}).code, 2);
  EXPECT_EQ(hive({"models"}).code, 2);
  EXPECT_EQ(hive({"worker", "spawn", "gpu", "--model", "tinyllama"}).code, 2);
  const HiveResult missing = hive({"worker", "spawn", "cpu", "--model", "tinyllama"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.err.find("models download tinyllama"), std::string::npos) << missing.err;
  const HiveResult as_json = hive({"models", "info", "nothing", "--json"});
  EXPECT_EQ(as_json.json().at("error").at("code").as_string(), "not_found");
}

TEST_F(HiveTest, every_command_has_help_with_an_example) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{},
                                                                                       {"models", "catalog"},
                                                                                       {"models", "list"},
                                                                                       {"models", "info"},
                                                                                       {"models", "register"},
                                                                                       {"models", "unregister"},
                                                                                       {"models", "import"},
                                                                                       {"models", "verify"},
                                                                                       {"models", "delete"},
                                                                                       {"models", "synth"},
                                                                                       {"worker", "spawn"},
                                                                                       {"worker", "list"},
                                                                                       {"worker", "stop"},
                                                                                       {"worker", "stop-all"},
                                                                                       {"worker", "logs"},
                                                                                       {"devices"},
                                                                                       {"status"},
                                                                                       {"doctor"},
                                                                                       {"clean"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const HiveResult result = hive(arguments);
    EXPECT_EQ(result.code, 0);
    EXPECT_NE(result.out.find("Example"), std::string::npos) << result.out;
  }
}

TEST_F(HiveTest, every_command_prints_one_json_document) {
  import();
  spawn("a");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"models", "catalog"},
                                             {"models", "list"},
                                             {"models", "info", "tiny"},
                                             {"models", "verify"},
                                             {"models", "register", "x", "--repo", "a/b"},
                                             {"models", "unregister", "x"},
                                             {"worker", "list"},
                                             {"worker", "logs", "a"},
                                             {"devices"},
                                             {"status"},
                                             {"worker", "stop-all"},
                                             {"clean"},
                                             {"doctor"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--json");
    const HiveResult result = hive(arguments);
    EXPECT_EQ(result.code, 0) << command.back() << result.err;
    EXPECT_TRUE(result.json().is_object());
  }
}

TEST_F(HiveTest, clean_removes_logs_of_the_dead_and_nothing_else) {
  import();
  spawn("alive");
  const boost::json::object worker = spawn("dead");
  signal_process(identify_process(static_cast<int>(worker.at("pid").as_int64())), SIGKILL);
  write_file_atomically(log("gone"), "x");
  EXPECT_EQ(hive({"clean"}).code, 0);
  EXPECT_TRUE(fs::exists(log("alive")));
  EXPECT_FALSE(fs::exists(log("dead")));
  EXPECT_FALSE(fs::exists(log("gone")));
  EXPECT_TRUE(fs::exists(record("dead")));
  EXPECT_TRUE(fs::exists(pool_.home() / "models" / "catalog.json"));
}

TEST_F(HiveTest, verify_names_a_bad_file_with_both_hashes) {
  ASSERT_EQ(hive({"models", "import", kTinyQwen, "--id", "tiny", "--copy"}).code, 0);
  EXPECT_EQ(hive({"models", "verify", "tiny"}).code, 0);
  const fs::path config = pool_.home() / "models" / "tiny" / "config.json";
  std::string text = read_file(config, 1 << 20);
  text[text.size() / 2] ^= 1;
  write_file_atomically(config, text);
  const HiveResult result = hive({"models", "verify", "tiny"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("config.json: sha256 is "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find(", expected "), std::string::npos);
}

TEST_F(HiveTest, spawn_refuses_what_cannot_fit_with_both_numbers) {
  // 10 TB of weights, of which only the header is on the disk.
  const fs::path folder = pool_.home() / "huge";
  fs::create_directories(folder);
  fs::copy_file(kTinyQwen + "/config.json", folder / "config.json");
  const std::uint64_t values = 10'000'000'000'000 / 4;
  std::string header = R"({"w":{"dtype":"F32","shape":[)" + std::to_string(values) + R"(],"data_offsets":[0,)" +
                       std::to_string(values * 4) + "]}}";
  header.append(8 - header.size() % 8, ' ');
  const std::uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof length);
  file += header;
  write_file_atomically(folder / "model.safetensors", file);
  fs::resize_file(folder / "model.safetensors", file.size() + values * 4);
  fs::create_directories(pool_.home() / "models");
  write_file_atomically(pool_.home() / "models" / "catalog.json",
                        R"({"version":"1.0","models":[{"id":"huge","downloaded":true,"path":"../huge"}]})");
  const HiveResult result = hive({"worker", "spawn", "cpu", "--model", "huge", "--port", "0"});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("huge on cpu needs 10.0 TB"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("of memory are available"), std::string::npos) << result.err;
}

TEST_F(HiveTest, a_context_beyond_the_models_is_refused) {
  import();
  const HiveResult result =
      hive({"worker", "spawn", "cpu", "--model", "tiny", "--port", "0", "--context", "999999999"});
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("was made for"), std::string::npos) << result.err;
}

TEST_F(HiveTest, a_config_moves_the_parts) {
  write_file_atomically(pool_.home() / "config.toml",
                        "[hive]\npool_id = \"lab\"\nmodels_dir = \"" + (pool_.home() / "m").string() + "\"\n");
  import();
  EXPECT_TRUE(fs::exists(pool_.home() / "m" / "catalog.json"));
  EXPECT_EQ(hive({"status", "--json"}).json().at("pool_id").as_string(), "lab");
  EXPECT_EQ(hive({"--models-dir", (pool_.home() / "n").string(), "models", "list"}).code, 0);
}

}  // namespace
}  // namespace rbee::e2e
