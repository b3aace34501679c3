#include "pool/download/url.h"

#include <gtest/gtest.h>

namespace rbee::pool::download {
namespace {

TEST(UrlTest, addresses_are_taken_apart_and_put_together) {
  const Url url = *Url::parse("HTTPS://Hub.Example:443/a/b?c=d#e");
  EXPECT_EQ(url.text(), "https://hub.example/a/b?c=d");
  EXPECT_EQ(Url::parse("http://[::1]:8080")->text(), "http://[::1]:8080");
  EXPECT_EQ(Url::parse("http://h/base/")->with_path("/api").text(), "http://h/base/api");
}

TEST(UrlTest, what_is_no_address_of_a_hub_is_refused) {
  for (const char* text : {"", "hub", "ftp://h/", "file:///etc/passwd", "http://", "http:///x", "http://user@h/",
                           "http://h:0/", "http://h:99999/", "http://h:x/", "http://a b/", "http://h/\r\nX: y",
                           "http://h\\@evil/", "http://[::1", "javascript://x"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
  EXPECT_FALSE(Url::parse("http://h/" + std::string(20'000, 'a')));
}

TEST(UrlTest, redirects_are_resolved_against_the_address) {
  const Url url = *Url::parse("https://h:8443/a/b?q");
  EXPECT_EQ(url.resolve("/x?y")->text(), "https://h:8443/x?y");
  EXPECT_EQ(url.resolve("c")->text(), "https://h:8443/a/c");
  EXPECT_EQ(url.resolve("//other/x")->text(), "https://other/x");
  EXPECT_EQ(url.resolve("http://other/x:y")->text(), "http://other/x:y");
  EXPECT_EQ(url.resolve("/x:y")->text(), "https://h:8443/x:y");
  EXPECT_FALSE(url.resolve("file:///x"));
  EXPECT_FALSE(url.resolve("data:x"));
}

TEST(UrlTest, an_origin_is_scheme_host_and_port) {
  const Url url = *Url::parse("https://h/x");
  EXPECT_TRUE(url.same_origin(*Url::parse("https://H:443/y")));
  for (const char* other : {"http://h/x", "https://h:444/x", "https://h.evil/x", "https://sub.h/x"}) {
    EXPECT_FALSE(url.same_origin(*Url::parse(other))) << other;
  }
  EXPECT_TRUE(Url::parse("http://127.0.0.2:1/")->is_loopback());
  EXPECT_FALSE(Url::parse("http://127.0.0.1.evil.example/")->is_loopback());
}

TEST(UrlTest, names_are_escaped_once) {
  EXPECT_EQ(url_escaped("a b/%2e?", KeepSlash::kYes), "a%20b/%252e%3F");
  EXPECT_EQ(url_escaped("refs/pr/1", KeepSlash::kNo), "refs%2Fpr%2F1");
}

}  // namespace
}  // namespace rbee::pool::download
