#pragma once
// What the answers of OpenAI's two routes share: data-only events, errors in the stream, [DONE].

#include <memory>
#include <string>

#include <boost/json/object.hpp>

#include "job.h"

namespace rbee::worker {

class OpenAiJob : public Job {
 protected:
  enum class Form { kWhole, kStream };
  OpenAiJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply, Form form);

  bool streams() const { return form_ == Form::kStream; }
  std::int64_t created() const { return created_; }
  /// One event of a stream.
  void send_data(const boost::json::object& data);
  /// The whole answer.
  void send_whole(const boost::json::object& answer);
  /// The end of a good stream.
  void send_done();

  void begin_answer() override;
  /// A status and a JSON error while nothing has been sent; later an error event, and no [DONE].
  void fail_answer(const std::string& code, const std::string& message) override;

 private:
  const Form form_;
  const std::int64_t created_;
};

}  // namespace rbee::worker
