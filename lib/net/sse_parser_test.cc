#include "net/sse_parser.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "net/sse_format.h"

namespace rbee::net {
namespace {

std::string parsed(std::string_view stream, std::size_t piece) {
  SseParser parser;
  std::string out;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    parser.feed(stream.substr(at, piece),
                [&out](const SseEvent& event) { out += event.type + "=" + event.data + ";"; });
  }
  return out;
}

TEST(SseParser, any_split_gives_the_same_events) {
  const std::string stream =
      "\xEF\xBB\xBF: hello\n\nevent: token\r\ndata: {\"t\":\"a\"}\r\n\r\ndata:x\rdata: y\r\rdata\n\nevent: gone\n\n"
      "id: 7\nretry: 1\ndata:  two\n\ndata: never finished";
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    EXPECT_EQ(parsed(stream, piece), "token={\"t\":\"a\"};message=x\ny;message=;message= two;") << piece;
  }
}

TEST(SseParser, reads_what_the_writer_writes) {
  EXPECT_EQ(parsed(sse_event("end", "{}") + std::string(kSsePing) + sse_event("", "[DONE]"), 5),
            "end={};message=[DONE];");
}

TEST(SseParser, an_endless_line_is_refused) {
  SseParser parser(1000);
  const auto ignore = [](const SseEvent&) {};
  EXPECT_NO_THROW(parser.feed("data: " + std::string(900, 'x'), ignore));
  EXPECT_THROW(parser.feed(std::string(200, 'x'), ignore), Error);
}

}  // namespace
}  // namespace rbee::net
