#pragma once
// A job whose answer is that of /v1/chat/completions.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "openai_job.h"
#include "wire/chat_request.h"
#include "wire/chat_response.h"

namespace rbee::worker {

class ChatJob final : public OpenAiJob {
 public:
  /// `model` is the name that the answer carries.
  ChatJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply,
          const wire::ChatRequest& request, std::string model);

 private:
  void on_event(std::size_t index, const engine::GenerateEvent& event) override;
  void end_answer() override;

  void begin_stream();
  wire::ChatChunk chunk() const;
  std::optional<std::vector<wire::TextLogprob>> logprobs_of(const engine::GenerateEvent& event) const;

  const std::string model_;
  const bool include_usage_, with_logprobs_;
  bool begun_ = false;
  bool cancelled_ = false;
  std::string content_, finish_reason_;
  std::vector<wire::TextLogprob> logprobs_;
  wire::Usage usage_;
};

}  // namespace rbee::worker
