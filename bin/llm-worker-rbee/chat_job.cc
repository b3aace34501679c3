#include "chat_job.h"

#include "generation.h"

namespace rbee::worker {

using engine::GenerateEvent;

ChatJob::ChatJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply,
                 const wire::ChatRequest& request, std::string model)
    : OpenAiJob(context, std::move(id), std::move(reply), request.common.stream ? Form::kStream : Form::kWhole),
      model_(std::move(model)),
      include_usage_(request.common.include_usage),
      with_logprobs_(request.logprobs.has_value()) {}

wire::ChatChunk ChatJob::chunk() const {
  wire::ChatChunk out;
  out.head = {id(), created(), model_};
  out.usage_null = include_usage_;
  return out;
}

void ChatJob::begin_stream() {
  if (begun_ || !streams()) return;
  begun_ = true;
  wire::ChatChunk first = chunk();
  first.first = true;
  send_data(to_json(first));
}

std::optional<std::vector<wire::TextLogprob>> ChatJob::logprobs_of(const GenerateEvent& event) const {
  if (!with_logprobs_) return std::nullopt;
  std::vector<wire::TextLogprob> out = with_text(engine(), event.logprobs);
  // The end token is not part of the message.
  const bool eos = event.kind == GenerateEvent::Kind::kEnd && event.stop_reason == engine::StopReason::kEos;
  if (eos && !out.empty()) out.pop_back();
  return out;
}

void ChatJob::on_event(std::size_t, const GenerateEvent& event) {
  begin_stream();
  const bool end = event.kind == GenerateEvent::Kind::kEnd;
  std::optional<std::vector<wire::TextLogprob>> logprobs = logprobs_of(event);
  if (!event.text.empty() || (logprobs && !logprobs->empty())) {
    if (streams()) {
      wire::ChatChunk text = chunk();
      text.content = event.text;
      text.logprobs = std::move(logprobs);
      send_data(to_json(text));
    } else {
      content_ += event.text;
      if (logprobs) logprobs_.insert(logprobs_.end(), logprobs->begin(), logprobs->end());
    }
  }
  if (!end) return;
  cancelled_ = event.stop_reason == engine::StopReason::kCancelled;
  finish_reason_ = wire::finish_reason(stop_reason_name(event.stop_reason));
  usage_ = {event.prompt_tokens, event.output_tokens};
}

void ChatJob::end_answer() {
  if (cancelled_) {
    fail_answer("cancelled", "the request was cancelled");
    return;
  }
  if (!streams()) {
    wire::ChatAnswer answer{{id(), created(), model_}, content_, finish_reason_, std::nullopt, usage_};
    if (with_logprobs_) answer.logprobs = std::move(logprobs_);
    send_whole(to_json(answer));
    return;
  }
  wire::ChatChunk last = chunk();
  last.finish_reason = finish_reason_;
  send_data(to_json(last));
  if (include_usage_) {
    wire::ChatChunk usage = chunk();
    usage.usage = usage_;
    send_data(to_json(usage));
  }
  send_done();
}

}  // namespace rbee::worker
