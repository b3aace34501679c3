#include "execute_job.h"

#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "base/timestamp.h"
#include "generation.h"
#include "net/sse_format.h"

namespace rbee::worker {

using engine::GenerateEvent;

ExecuteJob::ExecuteJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply, std::string model)
    : Job(context, std::move(id), std::move(reply)), model_(std::move(model)) {}

void ExecuteJob::begin_answer() {
  reply().start_events();
}

void ExecuteJob::on_event(std::size_t, const GenerateEvent& event) {
  send_started();
  if (event.kind == GenerateEvent::Kind::kText) send(wire::TokenEvent{event.text, next_index_++});
  if (event.kind != GenerateEvent::Kind::kEnd) return;
  if (!event.text.empty()) send(wire::TokenEvent{event.text, next_index_++});
  send_metrics(event);
  wire::EndEvent end;
  end.tokens_out = event.output_tokens;
  end.decode_time_ms = event.decode_ms;
  end.stop_reason = stop_reason_name(event.stop_reason);
  if (event.stop_reason == engine::StopReason::kStopSequence) end.stop_sequence_matched = event.stop_sequence;
  end.prompt_tokens = event.prompt_tokens;
  end.queue_ms = event.queue_ms;
  end.prefill_ms = event.prefill_ms;
  send(end);
}

void ExecuteJob::end_answer() {
  reply().finish();
}

void ExecuteJob::fail_answer(const std::string& code, const std::string& message) {
  send(wire::ErrorEvent{code, message});
  reply().finish();
}

void ExecuteJob::send(const wire::ExecuteEvent& event) {
  reply().write(net::sse_event(wire::event_type(event), json_line(wire::to_json(event))));
}

void ExecuteJob::send_started() {
  if (started_) return;
  started_ = true;
  send(wire::StartedEvent{id(), model_, timestamp(clock().wall_now())});
}

void ExecuteJob::send_metrics(const GenerateEvent& event) {
  const engine::ModelInfo& info = engine().model();
  wire::MetricsEvent metrics;
  metrics.tokens_per_sec = event.decode_ms > 0 ? event.output_tokens * 1000.0 / event.decode_ms : 0;
  metrics.vram_bytes = info.device_bytes;
  send(metrics);
}

}  // namespace rbee::worker
