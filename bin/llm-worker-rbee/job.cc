#include "job.h"

#include "job_registry.h"

namespace rbee::worker {

using engine::GenerateEvent;
using engine::GenerateRequest;
using engine::RequestId;

Job::Job(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply)
    : context_(context), id_(std::move(id)), reply_(std::move(reply)), begun_(context.clock.now()) {}

void Job::start(std::vector<GenerateRequest> requests) {
  context_.registry.add(shared_from_this());
  {
    const std::lock_guard lock(mutex_);
    open_requests_ = requests.size();
  }
  submit_all(std::move(requests));
  reply_->on_gone([weak = weak_from_this()] {
    if (const auto job = weak.lock()) job->cancel();
  });
  const std::lock_guard lock(mutex_);
  begin_answer();
}

void Job::submit_all(std::vector<GenerateRequest> requests) {
  // Undoes the submission unless all of it succeeded.
  struct Rollback {
    Job& job;
    bool armed = true;
    ~Rollback() {
      if (!armed) return;
      {
        const std::lock_guard lock(job.mutex_);
        job.close();
      }
      job.cancel();
    }
  } rollback{*this};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const RequestId id = context_.engine.submit(
        std::move(requests[i]), [self = shared_from_this(), i](const GenerateEvent& event) { self->handle(i, event); });
    bool cancelled = false;
    {
      const std::lock_guard lock(ids_mutex_);
      ids_.push_back(id);
      cancelled = cancelled_;
    }
    if (cancelled) context_.engine.cancel(id);
  }
  rollback.armed = false;
}

void Job::cancel() {
  std::vector<RequestId> ids;
  {
    const std::lock_guard lock(ids_mutex_);
    cancelled_ = true;
    ids = ids_;
  }
  for (const RequestId id : ids) context_.engine.cancel(id);
}

void Job::abort(const std::string& code, const std::string& message) {
  {
    const std::lock_guard lock(mutex_);
    if (!done_) {
      close();
      fail_answer(code, message);
    }
  }
  cancel();
}

void Job::handle(std::size_t index, const GenerateEvent& event) {
  const bool failed = event.kind == GenerateEvent::Kind::kError;
  {
    const std::lock_guard lock(mutex_);
    if (done_) return;
    observe(event);
    const bool last = failed || (event.kind == GenerateEvent::Kind::kEnd && --open_requests_ == 0);
    if (last) close();
    if (!failed) on_event(index, event);
    if (failed) fail_answer(event.error_code.empty() ? "internal" : event.error_code, event.error_message);
    if (last && !failed) end_answer();
  }
  if (failed) cancel();  // the job's other requests
}

void Job::observe(const GenerateEvent& event) {
  const SteadyTime now = context_.clock.now();
  const auto seconds = [](auto duration) { return std::chrono::duration<double>(duration).count(); };
  if (event.kind == GenerateEvent::Kind::kText) {
    if (had_text_) {
      context_.metrics.observe_inter_token(seconds(now - last_text_));
    } else {
      context_.metrics.observe_first_token(seconds(now - begun_));
    }
    had_text_ = true;
    last_text_ = now;
  } else if (event.kind == GenerateEvent::Kind::kEnd) {
    context_.metrics.observe_request(seconds(now - begun_));
  }
}

void Job::close() {
  done_ = true;
  context_.registry.remove(*this);  // before the last bytes go out: the client may use the id again at once
}

}  // namespace rbee::worker
