#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "base/error.h"
#include "wire/error_body.h"
#include "wire/execute_event.h"
#include "wire/worker_status.h"

namespace rbee::wire {
namespace {

TEST(Records, events_come_back_as_they_were) {
  EndEvent end{5, 12.5, "STOP_SEQUENCE", "\n", 3, 0.5, 1.5};
  const ExecuteEvent events[] = {StartedEvent{"j", "m\r\ndata: [DONE]", "2026-11-22T19:15:42Z"}, TokenEvent{"é\n", 2},
                                 MetricsEvent{10.5, 7}, end, ErrorEvent{"internal", "boom"}};
  for (const ExecuteEvent& event : events) {
    const std::string text = boost::json::serialize(to_json(event));
    EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos);
    EXPECT_EQ(to_json(parse_execute_event(text)), to_json(event));
    EXPECT_EQ(to_json(event).at("type").as_string(), event_type(event));
  }
  for (const char* wrong :
       {"", "[]", "{}", R"({"type":"token"})", R"({"type":"token","t":1,"i":0})", R"({"type":"other"})",
        R"({"type":"end","tokens_out":-1,"decode_time_ms":0,"stop_reason":"EOS"})"}) {
    EXPECT_THROW(parse_execute_event(wrong), Error) << wrong;
  }
}

TEST(Records, errors_are_valid_utf_8_whatever_they_quote) {
  const auto body = error_to_json({"bad_request", "found '\xff'", "prompt"}, 400);
  const ErrorBody back = error_from_json(boost::json::serialize(body));
  EXPECT_EQ(back.param, "prompt");
  EXPECT_EQ(back.message, "found '\xEF\xBF\xBD'");
  EXPECT_TRUE(error_to_json({"x", "y", ""}, 500).at("error").at("param").is_null());
}

TEST(Records, health_and_readiness_come_back_as_they_were) {
  WorkerHealth health;
  health.worker_id = "worker-cpu-0";
  health.vram_bytes = 123;
  health.port = 8000;
  health.uptime_seconds = 1.5;
  EXPECT_EQ(to_json(parse_worker_health(boost::json::serialize(to_json(health)))), to_json(health));
  EXPECT_THROW(parse_worker_health("{}"), Error);
  WorkerReadiness readiness;
  readiness.progress = {1, 2, 3, 4};
  EXPECT_EQ(to_json(parse_worker_readiness(boost::json::serialize(to_json(readiness)))), to_json(readiness));
}

}  // namespace
}  // namespace rbee::wire
