#pragma once
// The events of an /execute stream, in order: started, token…, metrics, and one end or one error, last.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

namespace rbee::wire {

struct StartedEvent {
  std::string job_id, model;
  std::string started_at;  ///< RFC 3339, UTC
};

struct TokenEvent {
  std::string t;        ///< valid UTF-8, not empty; characters are never split
  std::uint32_t i = 0;  ///< counts the token events of the stream from 0
};

struct MetricsEvent {
  double tokens_per_sec = 0;     ///< of decoding
  std::uint64_t vram_bytes = 0;  ///< memory of the model's device; on the processor, weights and KV cache
};

struct EndEvent {
  std::uint32_t tokens_out = 0;  ///< sampled tokens, an end token included
  double decode_time_ms = 0;
  std::string stop_reason;  ///< MAX_TOKENS, STOP_SEQUENCE, EOS or CANCELLED
  std::optional<std::string> stop_sequence_matched;
  std::uint32_t prompt_tokens = 0;
  double queue_ms = 0, prefill_ms = 0;
};

struct ErrorEvent {
  std::string code, message;
};

using ExecuteEvent = std::variant<StartedEvent, TokenEvent, MetricsEvent, EndEvent, ErrorEvent>;

/// "started", "token", "metrics", "end" or "error".
std::string_view event_type(const ExecuteEvent& event);
/// The data: an object that begins with "type".
boost::json::object to_json(const ExecuteEvent& event);
/// Throws Error{kBadRequest} when `data` is not one of the events. Unknown fields are skipped.
ExecuteEvent parse_execute_event(std::string_view data);

}  // namespace rbee::wire
