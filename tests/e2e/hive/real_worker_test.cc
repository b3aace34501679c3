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

TEST_F(RealWorkerTest, a_backend_that_is_not_there_fails_with_the_workers_reason) {
  ASSERT_EQ(pool_.run({"models", "import", kDemoModel}).code, 0);
  const HiveResult spawned = pool_.run({"worker", "spawn", "metal", "--model", "demo-qwen", "--port", "0"});
  EXPECT_EQ(spawned.code, 1);
  EXPECT_NE(spawned.err.find("metal"), std::string::npos) << spawned.err;
}

}  // namespace
}  // namespace rbee::e2e
