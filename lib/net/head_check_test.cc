#include "net/head_check.h"

#include <gtest/gtest.h>

namespace rbee::net {
namespace {

HeadScan scan(std::string_view bytes) {
  return scan_head(bytes, HttpLimits{});
}
BodyLength length(const std::string& fields) {
  return body_length("POST / HTTP/1.1\r\n" + fields + "\r\n", HttpLimits{});
}

TEST(HeadCheck, a_complete_head_is_measured) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(scan(head).head_bytes, head.size());
  EXPECT_EQ(scan(head + "body").head_bytes, head.size());
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nHost").head_bytes, 0U);
  EXPECT_FALSE(scan("GET / HTTP/1.1\r\nHost").error);
  EXPECT_FALSE(scan("").error);
}

TEST(HeadCheck, odd_lines_are_refused) {
  for (const char* head :
       {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\n: b\r\n\r\n", "\r\n\r\n", "\n"}) {
    const HeadScan found = scan(head);
    ASSERT_TRUE(found.error) << head;
    EXPECT_EQ(found.error->status, 400) << head;
  }
  EXPECT_EQ(scan(std::string_view("GET /\0", 6)).error->status, 400);
}

TEST(HeadCheck, a_large_head_is_refused) {
  EXPECT_EQ(scan("GET / HTTP/1.1\r\nA: " + std::string(16 * 1024, 'x')).error->status, 431);
  EXPECT_EQ(scan("GET /" + std::string(1 << 20, 'x')).error->status, 431);
  std::string head = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) head += "x-0:\r\n";
  EXPECT_EQ(scan(head + "\r\n").head_bytes, head.size() + 2);
  EXPECT_EQ(scan(head + "x-0:\r\n\r\n").error->status, 431);
}

TEST(HeadCheck, body_lengths_that_two_readers_could_take_differently_are_refused) {
  EXPECT_EQ(length("Content-Length: 5\r\n").bytes, 5U);
  EXPECT_TRUE(length("Transfer-Encoding: Chunked\r\n").chunked);
  EXPECT_EQ(length("").bytes, 0U);
  for (const char* fields :
       {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\r\n", "Content-Length: +5\r\n", "Content-Length: -1\r\n", "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n", "Content-Length:\r\n", "Content-Length: 5 5\r\n"}) {
    ASSERT_TRUE(length(fields).error) << fields;
    EXPECT_EQ(length(fields).error->status, 400) << fields;
  }
}

TEST(HeadCheck, a_declared_length_beyond_the_limit_is_413) {
  for (const char* digits :
       {"16777217", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999"}) {
    EXPECT_EQ(length(std::string("Content-Length: ") + digits + "\r\n").error->status, 413) << digits;
  }
  EXPECT_EQ(length("Content-Length: 16777216\r\n").bytes, 16777216U);
  EXPECT_EQ(length("Content-Length: 00000000000000000000005\r\n").bytes, 5U);
  EXPECT_EQ(length("Content-Length: 0\r\n").bytes, 0U);
}

}  // namespace
}  // namespace rbee::net
