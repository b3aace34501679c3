#include "net/router.h"

#include <gtest/gtest.h>

#include "net/auth.h"
#include "net/origin.h"

namespace rbee::net {
namespace {

Router make_router() {
  Router router;
  router.add({.method = "GET", .path = "/health", .handler = {}});
  router.add({.method = "POST", .path = "/execute", .handler = {}});
  router.add({.method = "DELETE", .path = "/execute/{job_id}", .handler = {}});
  return router;
}

TEST(Router, a_parameter_is_one_decoded_segment) {
  const Router router = make_router();
  const auto found = router.find("DELETE", "/execute/a%2Fb%20c");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(found));
  EXPECT_EQ(std::get<Router::Match>(found).params.at("job_id"), "a/b c");
  EXPECT_TRUE(std::holds_alternative<Router::NoPath>(router.find("DELETE", "/execute/a/b")));
  EXPECT_TRUE(std::holds_alternative<Router::NoPath>(router.find("DELETE", "/execute/%zz")));
  EXPECT_TRUE(std::holds_alternative<Router::NoPath>(router.find("DELETE", "/execute/%00")));
}

TEST(Router, another_method_is_told_what_is_allowed) {
  const Router router = make_router();
  EXPECT_EQ(std::get<Router::OtherMethods>(router.find("POST", "/health")).allow, "GET, HEAD");
  EXPECT_EQ(std::get<Router::OtherMethods>(router.find("OPTIONS", "/execute")).allow, "POST");
  EXPECT_TRUE(std::holds_alternative<Router::Match>(router.find("HEAD", "/health")));
  EXPECT_TRUE(std::holds_alternative<Router::NoPath>(router.find("GET", "/health/")));
}

TEST(Origin, only_own_names_reach_a_server_on_loopback) {
  for (const char* host : {"localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "127.0.0.2"}) {
    EXPECT_TRUE(host_allowed(host, "127.0.0.2")) << host;
  }
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[::1", "127.0.0.3",
                           "127.0.0.1:x", "localhost@evil"}) {
    EXPECT_FALSE(host_allowed(host, "127.0.0.2")) << host;
  }
  EXPECT_TRUE(host_allowed("gpu.lan", "0.0.0.0"));
}

TEST(Origin, only_the_servers_own_pages_may_post) {
  EXPECT_TRUE(origin_allowed(std::nullopt, "127.0.0.1:8000"));
  EXPECT_TRUE(origin_allowed("http://127.0.0.1:8000", "127.0.0.1:8000"));
  EXPECT_FALSE(origin_allowed("https://evil.example", "127.0.0.1:8000"));
  EXPECT_FALSE(origin_allowed("http://127.0.0.1:9000", "127.0.0.1:8000"));
  EXPECT_FALSE(origin_allowed("null", "127.0.0.1:8000"));
  EXPECT_FALSE(origin_allowed("http://", ""));
}

TEST(ApiKey, allows_exactly_its_key) {
  const ApiKey key("secret");
  EXPECT_TRUE(key.allows("Bearer secret"));
  EXPECT_TRUE(key.allows("bearer secret"));
  for (const char* wrong :
       {"Bearer secre", "Bearer secrets", "Bearer  secret", "Basic secret", "secret", "", "Bearer"}) {
    EXPECT_FALSE(key.allows(wrong)) << wrong;
  }
  EXPECT_FALSE(key.allows(std::nullopt));
}

}  // namespace
}  // namespace rbee::net
