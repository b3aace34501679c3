#include "completion_job.h"

#include "generation.h"

namespace rbee::worker {

using engine::GenerateEvent;
using Kind = engine::GenerateEvent::Kind;
using wire::TextLogprob;

CompletionJob::CompletionJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply,
                             const wire::CompletionRequest& request, std::string model, std::vector<Echo> echoes)
    : OpenAiJob(context, std::move(id), std::move(reply), request.common.stream ? Form::kStream : Form::kWhole),
      model_(std::move(model)),
      include_usage_(request.common.include_usage),
      with_logprobs_(request.logprobs.has_value()),
      with_alternatives_(request.logprobs.value_or(0) > 0),
      echoes_(std::move(echoes)),
      choices_(request.prompts.size()) {}

void CompletionJob::on_event(std::size_t index, const GenerateEvent& event) {
  // With log-probabilities the prompt comes with kPrompt; the start has nothing to show then.
  const bool waits_for_prompt = with_logprobs_ && !echoes_.empty() && event.kind == Kind::kStarted;
  if (!waits_for_prompt) begin_choice(index, event);
  if (event.kind == Kind::kText || event.kind == Kind::kEnd) {
    std::vector<TextLogprob> logprobs;
    if (with_logprobs_) logprobs = with_text(engine(), event.logprobs);
    if (!event.text.empty() || !logprobs.empty()) add(index, event.text, std::move(logprobs));
  }
  if (event.kind != Kind::kEnd) return;
  cancelled_ = cancelled_ || event.stop_reason == engine::StopReason::kCancelled;
  choices_[index].finish_reason = wire::finish_reason(stop_reason_name(event.stop_reason));
  usage_.prompt_tokens += event.prompt_tokens;
  usage_.completion_tokens += event.output_tokens;
  if (streams() && !cancelled_) send_choice(index, "", {}, choices_[index].finish_reason);
}

void CompletionJob::begin_choice(std::size_t index, const GenerateEvent& event) {
  if (choices_[index].begun) return;
  choices_[index].begun = true;
  if (echoes_.empty()) return;
  std::vector<TextLogprob> logprobs;
  if (with_logprobs_) {
    logprobs.push_back({engine().token_text(echoes_[index].first_token), std::nullopt, {}});
    std::vector<TextLogprob> rest = with_text(engine(), event.prompt_logprobs);
    logprobs.insert(logprobs.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
  }
  add(index, echoes_[index].text, std::move(logprobs));
}

void CompletionJob::add(std::size_t index, std::string text, std::vector<TextLogprob> logprobs) {
  if (streams()) {
    send_choice(index, std::move(text), std::move(logprobs), std::nullopt);
    return;
  }
  Choice& choice = choices_[index];
  choice.text += text;
  choice.logprobs.insert(choice.logprobs.end(), std::make_move_iterator(logprobs.begin()),
                         std::make_move_iterator(logprobs.end()));
}

wire::CompletionAnswer CompletionJob::answer() const {
  wire::CompletionAnswer out;
  out.id = id();
  out.created = created();
  out.model = model_;
  out.usage_null = streams() && include_usage_;
  return out;
}

void CompletionJob::send_choice(std::size_t index, std::string text, std::vector<TextLogprob> logprobs,
                                std::optional<std::string> finish_reason) {
  wire::CompletionChoice choice;
  choice.index = static_cast<std::uint32_t>(index);
  choice.text = std::move(text);
  choice.finish_reason = std::move(finish_reason);
  if (with_logprobs_ && !choice.finish_reason) {
    const std::uint64_t length = wire::text_length(logprobs);
    choice.logprobs = {std::move(logprobs), choices_[index].offset, with_alternatives_};
    choices_[index].offset += length;
  }
  wire::CompletionAnswer chunk = answer();
  chunk.choices.push_back(std::move(choice));
  send_data(to_json(chunk));
}

void CompletionJob::end_answer() {
  if (cancelled_) {
    fail_answer("cancelled", "the request was cancelled");
    return;
  }
  wire::CompletionAnswer out = answer();
  if (streams()) {
    if (include_usage_) {
      out.usage = usage_;
      send_data(to_json(out));
    }
    send_done();
    return;
  }
  out.usage = usage_;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    wire::CompletionChoice choice;
    choice.index = static_cast<std::uint32_t>(i);
    choice.text = std::move(choices_[i].text);
    choice.finish_reason = choices_[i].finish_reason;
    if (with_logprobs_) choice.logprobs = {std::move(choices_[i].logprobs), 0, with_alternatives_};
    out.choices.push_back(std::move(choice));
  }
  send_whole(to_json(out));
}

}  // namespace rbee::worker
