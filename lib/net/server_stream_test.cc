// Event streams: pings, clients that leave, clients that do not read, draining.

#include <gtest/gtest.h>

#include "net/testing/server_fixture.h"
#include "net/testing/test_client.h"

namespace rbee::net {
namespace {

using std::chrono::milliseconds;

class ServerStream : public testing::Test {
 protected:
  static ServerConfig quick() {
    ServerConfig config = test_config();
    config.limits.ping_interval = milliseconds(50);
    config.limits.write_stall = milliseconds(500);
    config.limits.handler_threads = 8;
    return config;
  }
  TestRoutes routes_;
  Server server_{quick(), routes_.router()};
};

TEST_F(ServerStream, headers_come_at_once_and_silence_is_filled_with_pings) {
  TestClient client(server_.port());
  client.send_request("GET", "/quiet");
  const TestResponse head = client.read_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(head.headers.at("cache-control"), "no-cache");
  EXPECT_EQ(head.headers.at("x-accel-buffering"), "no");
  EXPECT_FALSE(client.next_event(milliseconds(300)));
  EXPECT_NE(client.stream_text().find(": ping\n\n: ping\n\n"), std::string::npos);
}

TEST_F(ServerStream, a_client_that_leaves_is_noticed_at_once) {
  for (const bool reset : {true, false}) {
    const int before = routes_.gone;
    TestClient client(server_.port());
    client.send_request("GET", "/stream");
    client.read_head();
    ASSERT_TRUE(client.next_event());
    reset ? client.socket().reset() : client.socket().close();
    EXPECT_TRUE(eventually([&] { return routes_.gone == before + 1; }));
  }
}

TEST_F(ServerStream, a_client_that_leaves_before_any_answer_is_noticed) {
  TestClient client(server_.port());
  client.send_request("GET", "/slow");
  std::this_thread::sleep_for(milliseconds(100));
  client.socket().close();
  EXPECT_TRUE(eventually([&] { return routes_.gone == 1; }));
}

TEST_F(ServerStream, a_client_that_does_not_read_is_cut_off_and_others_are_not_disturbed) {
  TestClient stopped(server_.port()), live(server_.port());
  stopped.send_request("GET", "/stream?big");
  live.send_request("GET", "/stream");
  live.read_head();
  EXPECT_TRUE(eventually([&] { return routes_.gone == 1; }));
  ASSERT_TRUE(live.next_event());
  EXPECT_EQ(routes_.gone, 1);
  live.socket().close();
  EXPECT_TRUE(eventually([&] { return routes_.gone == 2; }));
}

TEST_F(ServerStream, stop_ends_every_stream) {
  TestClient client(server_.port());
  client.send_request("GET", "/stream");
  client.read_head();
  server_.stop();
  EXPECT_EQ(routes_.gone, 1);
  EXPECT_TRUE(client.closes(milliseconds(20'000)));
}

TEST_F(ServerStream, drain_waits_for_the_last_answer) {
  std::atomic<bool> idle{false};
  TestClient client(server_.port()), resting(server_.port());
  resting.send_request("GET", "/hello");
  resting.read_response();
  client.send_request("GET", "/stream");
  client.read_head();
  server_.drain([&idle] { idle = true; });
  EXPECT_TRUE(resting.closes(milliseconds(20'000)));
  const TestResponse during = fetch(server_.port(), "GET", "/hello");
  EXPECT_EQ(during.status, 200);
  EXPECT_EQ(during.headers.at("connection"), "close");
  EXPECT_FALSE(idle);
  client.socket().close();
  EXPECT_TRUE(eventually([&] { return idle.load(); }));
}

}  // namespace
}  // namespace rbee::net
