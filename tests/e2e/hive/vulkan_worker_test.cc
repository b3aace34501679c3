// rbee-hive with a worker on a Vulkan device: Mesa's lavapipe where there is no other.

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "hive_runner.h"
#include "net/client/http_client.h"

namespace rbee::e2e {
namespace {

const std::string kDemoModel = std::string(RBEE_SOURCE_DIR) + "/models/demo-qwen";

class VulkanWorkerTest : public testing::Test {
 protected:
  void SetUp() override {
    const boost::json::value devices = pool_.run({"devices", "--json"}).json();
    const boost::json::value& vulkan = devices.at("vulkan");
    if (vulkan.at("devices").as_array().empty()) GTEST_SKIP() << boost::json::serialize(vulkan);
    ASSERT_EQ(pool_.run({"models", "import", kDemoModel}).code, 0);
  }
  TestPool pool_{RBEE_WORKER_PROGRAM};
};

TEST_F(VulkanWorkerTest, a_demo_model_is_spawned_asked_and_stopped) {
  const HiveResult spawned = pool_.run({"worker", "spawn", "vulkan", "--model", "demo-qwen", "--port", "0", "--json"});
  ASSERT_EQ(spawned.code, 0) << spawned.err;
  const boost::json::object worker = spawned.json().as_object();
  EXPECT_EQ(worker.at("worker_id").as_string(), "worker-vulkan-0");
  EXPECT_EQ(worker.at("state").as_string(), "ready");
  net::HttpClient client;
  const net::ClientResponse answer =
      client.fetch({.method = "POST",
                    .url = std::string(worker.at("url").as_string()) + "/execute",
                    .headers = {{"Content-Type", "application/json"}},
                    .body = R"({"job_id":"j","prompt":"A bee is","max_tokens":8,"temperature":0,"seed":1})",
                    .total_timeout = std::chrono::seconds(60)});
  EXPECT_NE(answer.body.find("event: end"), std::string::npos) << answer.body;
  EXPECT_EQ(pool_.run({"worker", "stop", "worker-vulkan-0", "--json"}).json().at("outcome").as_string(), "stopped");
}

TEST_F(VulkanWorkerTest, a_device_that_is_not_there_fails_with_those_that_are) {
  const HiveResult spawned =
      pool_.run({"worker", "spawn", "vulkan", "--gpu", "60", "--model", "demo-qwen", "--port", "0"});
  EXPECT_EQ(spawned.code, 1);
  EXPECT_NE(spawned.err.find("no Vulkan device 60; there are: 0: "), std::string::npos) << spawned.err;
  EXPECT_TRUE(pool_.run({"worker", "list", "--json"}).json().at("workers").as_array().empty());
}

}  // namespace
}  // namespace rbee::e2e
