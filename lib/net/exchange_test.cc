#include "net/exchange.h"

#include <gtest/gtest.h>

namespace rbee::net {
namespace {

TEST(Exchange, frames_before_the_start_wait_for_it) {
  Exchange exchange({.keep_alive = true, .chunked = true, .stream_buffer_max = 100}, [] {});
  exchange.write("data: 1\n\n");
  EXPECT_EQ(exchange.take().bytes, "");
  exchange.start_events();
  const Exchange::Output out = exchange.take();
  EXPECT_NE(out.bytes.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(out.bytes.find("\r\n\r\n9\r\ndata: 1\n\n\r\n"), std::string::npos);
  EXPECT_FALSE(out.finished);
  exchange.finish();
  EXPECT_EQ(exchange.take().bytes, "0\r\n\r\n");
}

TEST(Exchange, a_reader_that_is_too_slow_overflows_once_the_buffer_is_full) {
  Exchange exchange({.stream_buffer_max = 10}, [] {});
  exchange.start_events();
  exchange.write(std::string(50, 'x'));  // one frame may be larger
  EXPECT_FALSE(exchange.overflowed());
  exchange.write("y");
  EXPECT_TRUE(exchange.overflowed());
}

TEST(Exchange, the_gone_callback_runs_once_and_not_after_the_end) {
  int calls = 0;
  Exchange first({}, [] {});
  first.on_gone([&calls] { ++calls; });
  first.client_gone();
  first.client_gone();
  EXPECT_EQ(calls, 1);
  first.on_gone([&calls] { ++calls; });  // it has gone already
  EXPECT_EQ(calls, 2);
  Exchange second({}, [] {});
  second.on_gone([&calls] { ++calls; });
  second.send({});
  second.complete();
  second.client_gone();
  EXPECT_EQ(calls, 2);
}

TEST(Exchange, an_error_after_the_start_of_a_stream_cuts_it) {
  Exchange exchange({.stream_buffer_max = 10}, [] {});
  exchange.start_events();
  exchange.send({.status = 500});
  EXPECT_TRUE(exchange.take().overflowed);
}

}  // namespace
}  // namespace rbee::net
