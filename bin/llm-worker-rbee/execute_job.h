#pragma once
// A job whose answer is the event stream of /execute.

#include <cstdint>
#include <memory>
#include <string>

#include "job.h"
#include "wire/execute_event.h"

namespace rbee::worker {

class ExecuteJob final : public Job {
 public:
  ExecuteJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply, std::string model);

 private:
  void begin_answer() override;
  void on_event(std::size_t index, const engine::GenerateEvent& event) override;
  void end_answer() override;
  void fail_answer(const std::string& code, const std::string& message) override;

  void send(const wire::ExecuteEvent& event);
  void send_started();
  void send_metrics(const engine::GenerateEvent& event);

  const std::string model_;
  bool started_ = false;
  std::uint32_t next_index_ = 0;
};

}  // namespace rbee::worker
