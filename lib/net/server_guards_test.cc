// What the server refuses, and that the next request works.

#include <gtest/gtest.h>

#include "net/testing/server_fixture.h"
#include "net/testing/test_client.h"

namespace rbee::net {
namespace {

class ServerGuards : public testing::Test {
 protected:
  // The answer to raw bytes, after which a new request must work.
  int status_of(std::string_view bytes) {
    TestClient client(server_.port());
    client.send(bytes);
    const auto begin = std::chrono::steady_clock::now();
    const TestResponse response = client.read_response();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    EXPECT_EQ(client.read_response(std::chrono::milliseconds(5000)).status, 0)
        << "two answers to: " << bytes.substr(0, 80);
    EXPECT_EQ(fetch(server_.port(), "GET", "/hello").body, "hello");
    return response.status;
  }
  TestRoutes routes_;
  Server server_{test_config(), routes_.router()};
};

TEST_F(ServerGuards, smuggling_attempts_get_one_400_and_a_closed_connection) {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  const std::string inner = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  for (const std::string& rest : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
           "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345" + inner,
           "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
           "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
           std::string("Transfer-Encoding: chunked\r\n\r\n0x5\r\n12345\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n+5\r\n12345\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n5\n12345\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n5\r\n1234567\r\n0\r\n\r\n"),
           "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(60'000, 'x') + "\r\n12345\r\n0\r\n\r\n",
           std::string("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n12345\r\n0\r\n\r\n"),
           "X: a\r\n b\r\nContent-Length: 0\r\n\r\n" + inner,
           "X: a\nContent-Length: 0\r\n\r\n" + inner,
       }) {
    EXPECT_EQ(status_of(head + rest), 400) << rest.substr(0, 60);
  }
}

TEST_F(ServerGuards, malformed_requests_are_refused) {
  EXPECT_EQ(status_of("GET /hello HTTP/1.1\r\n\r\n"), 400);  // no Host
  EXPECT_EQ(status_of("GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET http://evil/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /hello HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n"), 505);
  EXPECT_EQ(status_of(std::string("\x16\x03\x01\x02\x00\n", 6)), 400);  // TLS
}

TEST_F(ServerGuards, pages_of_other_sites_get_nothing) {
  const std::uint16_t port = server_.port();
  TestClient rebound(port);
  rebound.send("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(rebound.read_response().status, 403);
  EXPECT_EQ(fetch(port, "POST", "/echo", "{}", "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(fetch(port, "POST", "/echo", "{}", "Origin: http://127.0.0.1\r\n").status, 200);
  TestClient text(port);
  text.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(text.read_response().status, 415);
  EXPECT_FALSE(fetch(port, "GET", "/hello").headers.contains("access-control-allow-origin"));
}

TEST_F(ServerGuards, unknown_paths_and_methods_are_told_apart) {
  EXPECT_EQ(fetch(server_.port(), "GET", "/nothing").status, 404);
  const TestResponse other = fetch(server_.port(), "PUT", "/hello");
  EXPECT_EQ(other.status, 405);
  EXPECT_EQ(other.headers.at("allow"), "GET, HEAD");
  const TestResponse later = fetch(server_.port(), "GET", "/throw");
  EXPECT_EQ(later.status, 503);
  EXPECT_EQ(later.headers.at("retry-after"), "1");
}

TEST(ServerKey, only_public_routes_answer_without_the_key) {
  TestRoutes routes;
  ServerConfig config = test_config();
  config.api_key.emplace("canary-key");
  Server server(std::move(config), routes.router());
  EXPECT_EQ(fetch(server.port(), "GET", "/hello").status, 200);
  const TestResponse refused = fetch(server.port(), "POST", "/echo", "{}");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.at("www-authenticate"), "Bearer");
  EXPECT_EQ(fetch(server.port(), "GET", "/nothing").status, 401);  // says nothing about which routes there are
  EXPECT_EQ(fetch(server.port(), "POST", "/echo", "{}", "Authorization: Bearer canary-key\r\n").status, 200);
  EXPECT_EQ(fetch(server.port(), "POST", "/echo", "{}", "Authorization: Bearer canary\r\n").status, 401);
  EXPECT_EQ(fetch(server.port(), "GET", "/hello?api_key=canary-key").status, 400);
}

}  // namespace
}  // namespace rbee::net
