#pragma once
// A job whose answer is that of /v1/completions: one choice per prompt.

#include <memory>
#include <string>
#include <vector>

#include "openai_job.h"
#include "wire/completion_request.h"
#include "wire/completion_response.h"

namespace rbee::worker {

class CompletionJob final : public OpenAiJob {
 public:
  /// A prompt as its choice may begin with it.
  struct Echo {
    std::string text;
    engine::TokenId first_token;
  };
  /// `echoes` holds one per prompt when the request asks for echo, else nothing.
  CompletionJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply,
                const wire::CompletionRequest& request, std::string model, std::vector<Echo> echoes);

 private:
  struct Choice {
    std::string text, finish_reason;
    std::vector<wire::TextLogprob> logprobs;
    std::uint64_t offset = 0;  ///< characters of the tokens that were streamed
    bool begun = false;
  };

  void on_event(std::size_t index, const engine::GenerateEvent& event) override;
  void end_answer() override;

  void begin_choice(std::size_t index, const engine::GenerateEvent& event);
  void add(std::size_t index, std::string text, std::vector<wire::TextLogprob> logprobs);
  wire::CompletionAnswer answer() const;
  void send_choice(std::size_t index, std::string text, std::vector<wire::TextLogprob> logprobs,
                   std::optional<std::string> finish_reason);

  const std::string model_;
  const bool include_usage_, with_logprobs_, with_alternatives_;
  const std::vector<Echo> echoes_;
  std::vector<Choice> choices_;
  bool cancelled_ = false;
  wire::Usage usage_;
};

}  // namespace rbee::worker
