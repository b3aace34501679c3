#include "net/client/http_client.h"

#include <functional>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace rbee::net {
namespace {

using namespace std::chrono_literals;

// Answers one connection per given text, byte for byte, and keeps what was asked.
class OneShotServer {
 public:
  explicit OneShotServer(std::vector<std::string> answers) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, texts = std::move(answers)] {
      for (const std::string& text : texts) {
        const FileDescriptor connection(::accept(listener_.get(), nullptr, nullptr));
        char buffer[4096];
        const ssize_t n = ::recv(connection.get(), buffer, sizeof buffer, 0);
        asked_.append(buffer, n > 0 ? static_cast<std::size_t>(n) : 0);
        ::send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (text.empty()) ::recv(connection.get(), buffer, sizeof buffer, 0);  // say nothing until the client leaves
      }
    });
  }
  ~OneShotServer() { thread_.join(); }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  const std::string& asked() {
    thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

 private:
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::string asked_;
  std::thread thread_;
};

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kBadFile;
}

TEST(HttpClientTest, an_answer_has_status_headers_and_body) {
  OneShotServer server({"HTTP/1.1 404 Not Found\r\nX-Thing: a\r\nContent-Length: 2\r\n\r\nno"});
  HttpClient client;
  const ClientResponse response = client.fetch({.url = server.url("/x"), .headers = {{"Range", "bytes=5-"}}});
  EXPECT_EQ(response.head.status, 404);
  EXPECT_EQ(response.head.header("x-thing"), "a");
  EXPECT_EQ(response.head.header("missing"), std::nullopt);
  EXPECT_EQ(response.body, "no");
  EXPECT_NE(server.asked().find("Range: bytes=5-\r\n"), std::string::npos);
}

TEST(HttpClientTest, a_redirect_is_returned_not_followed) {
  OneShotServer server({"HTTP/1.1 302 Found\r\nLocation: http://other/\r\nContent-Length: 0\r\n\r\n"});
  HttpClient client;
  EXPECT_EQ(client.fetch({.url = server.url("/")}).head.status, 302);
}

TEST(HttpClientTest, a_body_is_posted_with_its_method) {
  OneShotServer server({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
  HttpClient client;
  EXPECT_EQ(client.fetch({.method = "POST", .url = server.url("/p"), .body = "hello"}).head.status, 200);
  EXPECT_EQ(server.asked().substr(0, 8), "POST /p ");
  EXPECT_NE(server.asked().find("hello"), std::string::npos);
}

TEST(HttpClientTest, a_short_answer_is_an_error) {
  OneShotServer server({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "not http at all"});
  HttpClient client;
  EXPECT_EQ(kind_of([&] { client.fetch({.url = server.url("/")}); }), ErrorKind::kIo);
  EXPECT_EQ(kind_of([&] { client.fetch({.url = server.url("/")}); }), ErrorKind::kIo);
}

TEST(HttpClientTest, a_silent_server_meets_the_deadline) {
  OneShotServer server({""});
  HttpClient client;
  EXPECT_EQ(kind_of([&] { client.fetch({.url = server.url("/"), .total_timeout = 100ms}); }), ErrorKind::kUnavailable);
}

TEST(HttpClientTest, a_body_beyond_the_limit_is_cut) {
  OneShotServer server({"HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x')});
  HttpClient client;
  EXPECT_EQ(kind_of([&] { client.fetch({.url = server.url("/")}, 100); }), ErrorKind::kIo);
}

TEST(HttpClientTest, a_receiver_stops_the_transfer) {
  OneShotServer server({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"});
  HttpClient client;
  ResponseReceiver receiver;
  receiver.on_head = [](const ResponseHead&) { return Flow::kStop; };
  EXPECT_EQ(kind_of([&] { client.send({.url = server.url("/")}, receiver); }), ErrorKind::kCancelled);
}

TEST(HttpClientTest, other_protocols_and_forged_headers_are_refused) {
  HttpClient client;
  EXPECT_EQ(kind_of([&] { client.fetch({.url = "file:///etc/passwd"}); }), ErrorKind::kBadRequest);
  EXPECT_EQ(kind_of([&] {
              client.fetch({.url = "http://127.0.0.1:1/", .headers = {{"A", "b\r\nC: d"}}});
            }),
            ErrorKind::kBadRequest);
  EXPECT_EQ(kind_of([&] { client.fetch({.url = "http://127.0.0.1:1/"}); }), ErrorKind::kUnavailable);
}

TEST(UrlEncodedTest, only_unreserved_characters_stay) {
  EXPECT_EQ(url_encoded("a-Z.0_~/?%\xC3\xA9"), "a-Z.0_~%2F%3F%25%C3%A9");
}

}  // namespace
}  // namespace rbee::net
