// Sizes, deadlines and connections.

#include <sys/resource.h>

#include <gtest/gtest.h>

#include "base/memory.h"
#include "base/units.h"
#include "net/testing/server_fixture.h"
#include "net/testing/test_client.h"

namespace rbee::net {
namespace {

using std::chrono::milliseconds;

class ServerLimits : public testing::Test {
 protected:
  explicit ServerLimits(ServerConfig config = few_connections()) : server_(std::move(config), routes_.router()) {}
  static ServerConfig few_connections() {
    ServerConfig config = test_config();
    config.limits.connections_max = 200;
    return config;
  }
  void expect_alive() { EXPECT_EQ(fetch(server_.port(), "GET", "/hello").body, "hello"); }
  TestRoutes routes_;
  Server server_;
};

class ServerDeadlines : public ServerLimits {
 protected:
  ServerDeadlines() : ServerLimits(quick()) {}
  static ServerConfig quick() {
    ServerConfig config = few_connections();
    config.limits.head_deadline = milliseconds(300);
    config.limits.body_idle = milliseconds(300);
    config.limits.keep_alive = milliseconds(2000);
    return config;
  }
};

TEST_F(ServerLimits, an_endless_head_gets_431_and_takes_no_memory) {
  const std::uint64_t before = process_memory().resident_bytes;
  TestClient client(server_.port());
  client.send("GET / HTTP/1.1\r\nX: ");
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 1024 && client.send(block); ++i) {
  }
  EXPECT_EQ(client.read_response().status, 431);
  EXPECT_LT(process_memory().resident_bytes, before + 64_MiB);
  expect_alive();
}

TEST_F(ServerLimits, many_headers_get_431) {
  std::string head = "GET /hello HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 10'000; ++i) head += "x-0:\r\n";
  TestClient client(server_.port());
  client.send(head + "\r\n");
  EXPECT_EQ(client.read_response().status, 431);
  expect_alive();
}

TEST_F(ServerLimits, large_bodies_get_413_declared_or_chunked) {
  for (const char* declared : {"16777217", "9223372036854775808"}) {
    TestClient client(server_.port());
    client.send(
        std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ") +
        declared + "\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 413) << declared;
  }
  TestClient client(server_.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 64 && client.send(chunk); ++i) {
  }
  EXPECT_EQ(client.read_response().status, 413);
  expect_alive();
}

TEST_F(ServerLimits, a_body_at_the_limit_is_taken) {
  const std::string body(16 * 1024 * 1024, 'x');
  TestClient client(server_.port());
  client.send_request("POST", "/echo", body, "Expect: 100-continue\r\n");
  TestResponse response = client.read_head();
  if (response.status == 100) response = client.read_response();
  EXPECT_EQ(response.status, 200);
}

TEST_F(ServerDeadlines, slow_heads_and_bodies_run_into_their_deadlines) {
  TestClient silent(server_.port()), slow(server_.port()), body(server_.port());
  body.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n123");
  for (const char c : std::string_view("GET / HTTP")) {
    if (!slow.send(std::string(1, c))) break;
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_EQ(slow.read_response().status, 408);
  EXPECT_EQ(body.read_response().status, 408);
  EXPECT_TRUE(silent.closes(milliseconds(20'000)));
  expect_alive();
}

TEST_F(ServerDeadlines, an_idle_connection_is_closed) {
  TestClient client(server_.port());
  client.send_request("GET", "/hello");
  EXPECT_EQ(client.read_response().status, 200);
  std::this_thread::sleep_for(milliseconds(400));  // longer than a head may take, shorter than keep-alive
  client.send_request("GET", "/hello");
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(client.closes(milliseconds(20'000)));
}

TEST_F(ServerLimits, pipelined_requests_are_answered_in_order) {
  TestClient client(server_.port());
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    bytes += "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n" +
             std::to_string(10 + i);
  }
  client.send(bytes);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.read_response().body, std::to_string(10 + i));
}

TEST_F(ServerDeadlines, half_open_connections_leave_room_for_others) {
  std::vector<std::unique_ptr<TestClient>> idle;
  for (int i = 0; i < 150; ++i) {
    idle.push_back(std::make_unique<TestClient>(server_.port()));
    idle.back()->send("G");
  }
  expect_alive();
  for (const auto& client : idle) EXPECT_TRUE(client->closes(milliseconds(20'000)));
}

TEST_F(ServerLimits, connections_beyond_the_limit_get_503) {
  std::vector<std::unique_ptr<TestClient>> open;
  for (int i = 0; i < 200; ++i) open.push_back(std::make_unique<TestClient>(server_.port()));
  TestClient last(server_.port());
  EXPECT_EQ(last.read_response().status, 503);
  open.clear();
  EXPECT_TRUE(eventually([this] { return fetch(server_.port(), "GET", "/hello").status == 200; }));
}

TEST_F(ServerLimits, head_and_http_1_0_are_answered) {
  TestClient head(server_.port());
  head.send_request("HEAD", "/hello");
  const TestResponse response = head.read_head();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-length"), "5");
  head.send_request("GET", "/hello");  // no body came in between
  EXPECT_EQ(head.read_response().body, "hello");
  TestClient old(server_.port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_response().body, "hello");
  EXPECT_TRUE(old.closes(milliseconds(20'000)));
}

}  // namespace
}  // namespace rbee::net
