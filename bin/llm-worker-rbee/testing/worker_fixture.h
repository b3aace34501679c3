#pragma once
// A worker over a FakeEngine, listening on loopback. Tests only.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "net/testing/test_client.h"
#include "testing/fake_engine.h"
#include "worker.h"

namespace rbee::worker {

class WorkerTest : public testing::Test {
 protected:
  static WorkerConfig test_config() {
    WorkerConfig config;
    config.worker_id = "worker-test-0";
    config.model_id = "fake";
    config.engine.model = "models/fake-folder";
    return config;
  }

  void start(FakeOptions options = {}, WorkerConfig config = test_config()) {
    start_loading(std::move(config));
    auto engine = std::make_unique<FakeEngine>(options);
    worker_->slot.install(std::move(engine));
  }
  void start_loading(WorkerConfig config = test_config()) {
    worker_ = std::make_unique<Worker>(std::move(config), clock_);
    server_ = std::make_unique<net::Server>(server_config(*worker_), make_router(*worker_));
    worker_->port = server_->port();
  }
  void TearDown() override {
    if (server_) server_->stop();
    if (worker_) worker_->slot.clear();
  }

  std::uint16_t port() const { return server_->port(); }
  net::TestResponse post(std::string_view path, std::string_view body) const {
    return net::fetch(port(), "POST", path, body);
  }
  static boost::json::value json(std::string_view text) { return parse_json(text, "answer"); }

  /// All events of one /execute request.
  std::vector<net::SseEvent> execute(std::string_view body) const {
    net::TestClient client(port());
    client.send_request("POST", "/execute", body);
    EXPECT_EQ(client.read_head().status, 200);
    return rest_of(client);
  }
  static std::vector<net::SseEvent> rest_of(net::TestClient& client) {
    std::vector<net::SseEvent> events;
    while (const auto event = client.next_event()) events.push_back(*event);
    return events;
  }

  template <typename Condition>
  static bool eventually(const Condition& condition, std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

  const SystemClock clock_{};
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace rbee::worker
