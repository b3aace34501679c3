#include "pool/download/http_fields.h"

#include <gtest/gtest.h>

#include "pool/download/limits.h"
#include "pool/download/retry.h"

namespace rbee::pool::download {
namespace {

using namespace std::chrono_literals;

TEST(HttpFieldsTest, the_next_page_is_the_link_that_says_so) {
  EXPECT_EQ(next_link("<http://h/x?a=1>; rel=\"next\""), "http://h/x?a=1");
  EXPECT_EQ(next_link("<u1>; rel=\"prev\", <u2>; title=x; rel=next"), "u2");
  for (const char* none : {"", "<u>", "<u; rel=next", "u; rel=\"next\"", "<u>; rel=\"prev\"", "<u>; rel=\"nextish\""}) {
    EXPECT_EQ(next_link(none), std::nullopt) << none;
  }
}

TEST(HttpFieldsTest, http_dates_are_read_exactly) {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(date);
  EXPECT_EQ(date->time_since_epoch(), 784111777s);
  for (const char* wrong : {"", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 28:49:37 GMT",
                            "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, x6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(wrong)) << wrong;
  }
}

TEST(HttpFieldsTest, the_server_asks_to_wait_in_three_ways) {
  const WallTime now{784111777s};
  const auto wait = [&](const char* name, const char* value) { return asked_wait({429, {{name, value}}}, now); };
  EXPECT_EQ(wait("retry-after", "7"), 7s);
  EXPECT_EQ(wait("retry-after", " 7 "), 7s);
  EXPECT_EQ(wait("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), 30s);
  EXPECT_EQ(wait("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), 0s);
  EXPECT_GT(wait("retry-after", "Sun, 06 Nov 3988 08:49:37 GMT"), std::chrono::seconds(kAskedWaitMax));
  EXPECT_EQ(wait("ratelimit", "\"api\";r=0;t=55"), 55s);
  EXPECT_EQ(wait("ratelimit", "\"api\";r=3;t=55"), std::nullopt);
  EXPECT_EQ(wait("retry-after", "-5"), std::nullopt);
  EXPECT_EQ(wait("retry-after", "soon"), std::nullopt);
  EXPECT_GT(wait("retry-after", "18446744073709551615"), std::chrono::seconds(kAskedWaitMax));
}

TEST(HttpFieldsTest, ranges_are_checked) {
  const auto range = parse_content_range("bytes 5-9/10");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 5u);
  EXPECT_EQ(range->total, 10u);
  EXPECT_TRUE(parse_content_range("bytes 5-9/*"));
  for (const char* wrong : {"", "bytes", "bytes 9-5/10", "bytes 5-10/10", "bytes 5-/10", "bytes -5/10", "items 5-9/10",
                            "bytes 5-9", "bytes /-", "bytes 5-99999999999999999999/*"}) {
    EXPECT_FALSE(parse_content_range(wrong)) << wrong;
  }
}

TEST(HttpFieldsTest, tags_lose_their_dress) {
  EXPECT_EQ(bare_etag("W/\"abc\""), "abc");
  EXPECT_EQ(bare_etag("\"abc\""), "abc");
  EXPECT_EQ(bare_etag("abc"), "abc");
  EXPECT_EQ(bare_etag("\""), "\"");
}

TEST(RetryTest, waits_double_up_to_the_cap_with_jitter) {
  const auto wait = [](int failures, double jitter) { return retry_wait({failures, 100, jitter, std::nullopt}); };
  EXPECT_EQ(wait(1, 1), 500ms);
  EXPECT_EQ(wait(1, 0), 250ms);
  EXPECT_EQ(wait(3, 1), 2000ms);
  EXPECT_EQ(wait(60, 1), kRetryCap);
}

TEST(RetryTest, the_server_is_listened_to_within_reason) {
  EXPECT_EQ(retry_wait({1, 8, 0.5, 7s}), 7500ms);
  EXPECT_EQ(retry_wait({1, 8, 0, kAskedWaitMax + 1s}), std::nullopt);
}

TEST(RetryTest, attempts_run_out) {
  EXPECT_TRUE(retry_wait({7, 8, 0, std::nullopt}));
  EXPECT_FALSE(retry_wait({8, 8, 0, std::nullopt}));
  EXPECT_FALSE(retry_wait({8, 8, 0, 1s}));
}

TEST(RetryTest, only_what_may_pass_is_tried_again) {
  for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_TRUE(is_passing_status(status));
  for (const int status : {200, 301, 400, 401, 403, 404, 410, 416, 501}) EXPECT_FALSE(is_passing_status(status));
}

}  // namespace
}  // namespace rbee::pool::download
