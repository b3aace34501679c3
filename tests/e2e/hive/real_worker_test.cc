// rbee-hive with the real llm-worker-rbee and a demo model: from import to an answer to stop.

#include <filesystem>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>

#include "hive_runner.h"
#include "net/client/http_client.h"

namespace rbee::e2e {
namespace {

const std::string kDemoModel = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";

class RealWorkerTest : public testing::Test {
 protected:
  TestPool pool_{RBEE_WORKER_PROGRAM};
};

TEST_F(RealWorkerTest, a_demo_model_is_imported_spawned_asked_and_stopped) {
  ASSERT_EQ(pool_.run({"models", "import", kDemoModel}).code, 0);
  const HiveResult spawned =
      pool_.run({"worker", "spawn", "cpu", "--model", "demo-qwen", "--port", "0", "--cpu-isa", "portable", "--json"});
  ASSERT_EQ(spawned.code, 0) << spawned.err;
  const boost::json::object worker = spawned.json().as_object();
  EXPECT_EQ(worker.at("worker_id").as_string(), "worker-cpu-0");
  EXPECT_EQ(worker.at("state").as_string(), "ready");
  EXPECT_NE(pool_.run({"worker", "logs", "worker-cpu-0"}).out.find(", portable, "), std::string::npos);
  EXPECT_GT(worker.at("rss_bytes").to_number<std::uint64_t>(), 1'000'000u);

  net::HttpClient client;
  const net::ClientResponse answer = client.fetch(
      {.method = "POST",
       .url = std::string(worker.at("url").as_string()) + "/execute",
       .headers = {{"Content-Type", "application/json"}},
       .body =
           R"({"job_id":"j","messages":[{"role":"user","content":"Hello"}],"max_tokens":8,"temperature":0,"seed":1})",
       .total_timeout = std::chrono::seconds(60)});
  EXPECT_EQ(answer.head.status, 200) << answer.body;
  EXPECT_NE(answer.body.find("event: token"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("event: end"), std::string::npos) << answer.body;

  EXPECT_EQ(pool_.run({"worker", "list", "--json"}).json().at("workers").at(0).at("state").as_string(), "ready");
  EXPECT_EQ(pool_.run({"worker", "stop", "worker-cpu-0", "--json"}).json().at("outcome").as_string(), "stopped");
}

TEST_F(RealWorkerTest, a_backend_without_its_driver_says_what_was_looked_for) {
  if (!pool_.run({"devices", "--json"}).json().at("cuda").at("devices").as_array().empty()) {
    GTEST_SKIP() << "this machine has an NVIDIA driver";
  }
  ASSERT_EQ(pool_.run({"models", "import", kDemoModel}).code, 0);
  const HiveResult spawned = pool_.run({"worker", "spawn", "cuda", "--model", "demo-qwen", "--port", "0"});
  EXPECT_EQ(spawned.code, 1);
  EXPECT_NE(spawned.err.find("cuda"), std::string::npos) << spawned.err;
  EXPECT_TRUE(spawned.err.find("libcuda.so.1") != std::string::npos ||
              spawned.err.find("librbee_cuda") != std::string::npos)
      << spawned.err;
  EXPECT_TRUE(pool_.run({"worker", "list", "--json"}).json().at("workers").as_array().empty());
}

TEST_F(RealWorkerTest, a_synthetic_model_loads_and_answers) {
  ASSERT_EQ(pool_.run({"models", "synth", "tinyllama", "--layers", "1"}).code, 0);
  const HiveResult spawned =
      pool_.run({"worker", "spawn", "cpu", "--model", "tinyllama-synth", "--port", "0", "--json"});
  ASSERT_EQ(spawned.code, 0) << spawned.err;
  net::HttpClient client;
  const net::ClientResponse answer =
      client.fetch({.method = "POST",
                    .url = std::string(spawned.json().at("url").as_string()) + "/execute",
                    .headers = {{"Content-Type", "application/json"}},
                    .body = R"({"job_id":"j","prompt":"Good morning","max_tokens":4,"temperature":0,"seed":1})",
                    .total_timeout = std::chrono::seconds(60)});
  EXPECT_NE(answer.body.find("event: end"), std::string::npos) << answer.body;
}

TEST_F(RealWorkerTest, weights_are_quantized_on_load_kept_and_deleted_with_the_model) {
  namespace fs = std::filesystem;
  ASSERT_EQ(pool_.run({"models", "import", kDemoModel, "--copy"}).code, 0);
  const auto memory = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command = {"models", "info", "demo-qwen", "--json"};
    command.insert(command.end(), more.begin(), more.end());
    return pool_.run(command).json().at("memory").at("weights").to_number<std::uint64_t>();
  };
  EXPECT_LT(memory({"--weights", "q8_0"}), memory({}) * 6 / 10);
  std::string first_answer;
  for (const bool again : {false, true}) {
    const HiveResult spawned =
        pool_.run({"worker", "spawn", "cpu", "--model", "demo-qwen", "--port", "0", "--weights", "q8_0", "--json"});
    ASSERT_EQ(spawned.code, 0) << spawned.err;
    const std::string log = pool_.run({"worker", "logs", "worker-cpu-0"}).out;
    EXPECT_EQ(log.find("quantizing") == std::string::npos, again) << log;
    EXPECT_NE(log.find("BF16 to Q8_0"), std::string::npos) << log;
    const std::string url(spawned.json().at("url").as_string());
    net::HttpClient client;
    const auto get = [&](const std::string& path) {
      return client.fetch({.method = "GET", .url = url + path, .total_timeout = std::chrono::seconds(60)}).body;
    };
    EXPECT_NE(get("/health").find(R"("dtype":"Q8_0","source_dtype":"BF16")"), std::string::npos) << get("/health");
    EXPECT_NE(get("/metrics").find(R"(dtype="Q8_0",source_dtype="BF16")"), std::string::npos) << get("/metrics");
    const std::string answer =
        client
            .fetch({.method = "POST",
                    .url = url + "/v1/completions",
                    .headers = {{"Content-Type", "application/json"}},
                    .body = R"({"model":"demo-qwen","prompt":"Once upon a time","max_tokens":12,"temperature":0})",
                    .total_timeout = std::chrono::seconds(60)})
            .body;
    const std::string text = answer.substr(answer.find("\"text\""), 40);
    EXPECT_EQ(again ? text : "", first_answer);
    first_answer = text;
    EXPECT_EQ(pool_.run({"worker", "stop", "worker-cpu-0", "--json"}).json().at("outcome").as_string(), "stopped");
  }
  EXPECT_EQ(pool_.run({"models", "verify", "demo-qwen"}).code, 0);
  const fs::path kept = pool_.home() / "models" / "demo-qwen" / ".rbee" / "q8_0.gguf";
  ASSERT_TRUE(fs::exists(kept));
  const auto deleted = pool_.run({"models", "delete", "demo-qwen", "--json"}).json();
  EXPECT_GT(deleted.at("bytes").to_number<std::uint64_t>(), fs::file_size(kDemoModel + "/model.safetensors"));
  EXPECT_FALSE(fs::exists(kept));
}

TEST_F(RealWorkerTest, a_backend_that_is_not_there_fails_with_the_workers_reason) {
  ASSERT_EQ(pool_.run({"models", "import", kDemoModel}).code, 0);
  const HiveResult spawned = pool_.run({"worker", "spawn", "metal", "--model", "demo-qwen", "--port", "0"});
  EXPECT_EQ(spawned.code, 1);
  EXPECT_NE(spawned.err.find("metal"), std::string::npos) << spawned.err;
}

}  // namespace
}  // namespace rbee::e2e
