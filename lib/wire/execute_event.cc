#include "wire/execute_event.h"

#include <limits>
#include <utility>

#include "wire/limits.h"
#include "wire/object_reader.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

void write(const StartedEvent& event, json::object& out) {
  out["job_id"] = event.job_id;
  out["model"] = event.model;
  out["started_at"] = event.started_at;
}

void write(const TokenEvent& event, json::object& out) {
  out["t"] = event.t;
  out["i"] = event.i;
}

void write(const MetricsEvent& event, json::object& out) {
  out["tokens_per_sec"] = event.tokens_per_sec;
  out["vram_bytes"] = event.vram_bytes;
}

void write(const EndEvent& event, json::object& out) {
  out["tokens_out"] = event.tokens_out;
  out["decode_time_ms"] = event.decode_time_ms;
  out["stop_reason"] = event.stop_reason;
  if (event.stop_sequence_matched) out["stop_sequence_matched"] = *event.stop_sequence_matched;
  out["prompt_tokens"] = event.prompt_tokens;
  out["queue_ms"] = event.queue_ms;
  out["prefill_ms"] = event.prefill_ms;
}

void write(const ErrorEvent& event, json::object& out) {
  out["code"] = event.code;
  out["message"] = event.message;
}

// A field that must be there.
template <typename T>
T required(std::string_view name, std::optional<T> value) {
  if (!value) fail_field(name, "missing");
  return std::move(*value);
}

constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();
constexpr NumberRange kAnyTime = {0, 1e18};

std::string text(ObjectReader& reader, std::string_view name) {
  return required(name, reader.string(name, kTextBytesMax));
}

std::uint32_t count(ObjectReader& reader, std::string_view name) {
  return static_cast<std::uint32_t>(required(name, reader.integer(name, 0, UINT32_MAX)));
}

EndEvent read_end(ObjectReader& reader) {
  EndEvent end;
  end.tokens_out = count(reader, "tokens_out");
  end.decode_time_ms = required("decode_time_ms", reader.number("decode_time_ms", kAnyTime));
  end.stop_reason = text(reader, "stop_reason");
  end.stop_sequence_matched = reader.string("stop_sequence_matched", kTextBytesMax);
  end.prompt_tokens = static_cast<std::uint32_t>(reader.integer("prompt_tokens", 0, UINT32_MAX).value_or(0));
  end.queue_ms = reader.number("queue_ms", kAnyTime).value_or(0);
  end.prefill_ms = reader.number("prefill_ms", kAnyTime).value_or(0);
  return end;
}

}  // namespace

std::string_view event_type(const ExecuteEvent& event) {
  constexpr std::string_view kTypes[] = {"started", "token", "metrics", "end", "error"};
  return kTypes[event.index()];
}

json::object to_json(const ExecuteEvent& event) {
  json::object out;
  out["type"] = json::string(event_type(event));
  std::visit([&out](const auto& one) { write(one, out); }, event);
  return out;
}

ExecuteEvent parse_execute_event(std::string_view data) {
  const json::object object = parse_object(data);
  ObjectReader reader(object);  // unknown fields are allowed here: a newer worker may send more
  const std::string type = text(reader, "type");
  if (type == "started") return StartedEvent{text(reader, "job_id"), text(reader, "model"), text(reader, "started_at")};
  if (type == "token") return TokenEvent{text(reader, "t"), count(reader, "i")};
  if (type == "metrics") {
    return MetricsEvent{required("tokens_per_sec", reader.number("tokens_per_sec", kAnyTime)),
                        static_cast<std::uint64_t>(required("vram_bytes", reader.integer("vram_bytes", 0, kCountMax)))};
  }
  if (type == "end") return read_end(reader);
  if (type == "error") return ErrorEvent{text(reader, "code"), text(reader, "message")};
  fail_field("type", "not the type of an event");
}

}  // namespace rbee::wire
