#include "lifecycle.h"

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "signals.h"
#include "worker.h"

namespace rbee::worker {
namespace {

constexpr std::chrono::milliseconds kFlushTime{1'000};      // for the last error events
constexpr std::chrono::milliseconds kAbortLoadTime{5'000};  // for the loader to notice that it is not wanted

enum class What { kSignal, kLoaded, kLoadFailed, kLost, kIdle };

// What happened, in order; the main thread waits for it.
class Happenings {
 public:
  void push(What what) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(what);
    }
    changed_.notify_one();
  }
  /// Nothing when `deadline` passes first.
  std::optional<What> wait_until(std::optional<SteadyTime> deadline) {
    std::unique_lock lock(mutex_);
    const auto some = [this] { return !queue_.empty(); };
    if (!deadline) {
      changed_.wait(lock, some);  // a worker serves until somebody stops it
    } else if (!changed_.wait_until(lock, *deadline, some)) {
      return std::nullopt;
    }
    const What what = queue_.front();
    queue_.pop_front();
    return what;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<What> queue_;
};

// Loads on its own thread, so that the server answers meanwhile.
class Loader {
 public:
  Loader(Worker& worker, const LoadEngine& load, Happenings& happenings)
      : thread_([this, &worker, &load, &happenings] { run(worker, load, happenings); }) {}
  ~Loader() {
    unwanted_ = true;
    thread_.join();
  }
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Makes the loader stop at its next progress report.
  void cancel() { unwanted_ = true; }
  bool done() const { return done_; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void run(Worker& worker, const LoadEngine& load, Happenings& happenings) {
    const auto on_progress = [this, &worker](const engine::LoadProgress& progress) {
      if (unwanted_) fail(ErrorKind::kCancelled, "stopped while the model was loading");
      worker.slot.set_progress(progress);
    };
    try {
      engine::EngineOptions options = worker.config.engine;
      options.on_lost = [&happenings] { happenings.push(What::kLost); };
      worker.slot.install(load(options, on_progress));
    } catch (...) {
      error_ = std::current_exception();  // for the main thread, which waits for kLoadFailed
    }
    done_ = true;
    happenings.push(error_ ? What::kLoadFailed : What::kLoaded);
  }

  std::atomic<bool> unwanted_{false}, done_{false};
  std::exception_ptr error_;  // written before done_ is set
  std::thread thread_;
};

class Lifecycle {
 public:
  Lifecycle(const WorkerConfig& config, const LoadEngine& load)
      : worker_(config, clock_),
        server_(server_config(worker_), make_router(worker_)),
        signals_([this](int) { happenings_.push(What::kSignal); }) {
    worker_.port = server_.port();
    const bool v6 = config.host.find(':') != std::string::npos;
    log_info("listening on http://{}:{}", v6 ? "[" + config.host + "]" : config.host, server_.port());
    loader_.emplace(worker_, load, happenings_);
  }
  ~Lifecycle() {
    server_.stop();
    // The engine's sinks use replies, and replies use the server: the engine goes first.
    loader_.reset();
    worker_.slot.clear();
  }
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  int run() {
    for (;;) {
      switch (*happenings_.wait_until(std::nullopt)) {
        case What::kLoaded:
          log_ready();
          break;
        case What::kLoadFailed:
          loader_->rethrow();
          break;
        case What::kSignal:
          return stop();
        case What::kLost:
          worker_.slot.drain();
          server_.drain([this] { happenings_.push(What::kIdle); });
          end_without_device();
        case What::kIdle:
          break;
      }
    }
  }

 private:
  void log_ready() const { log_info("{} is ready", worker_.config.model_id); }

  int stop() {
    if (!loader_->done()) return stop_loading();
    log_info("draining: {} requests are running", worker_.jobs.size());
    worker_.slot.drain();
    server_.drain([this] { happenings_.push(What::kIdle); });
    const SteadyTime deadline = clock_.now() + worker_.config.drain_deadline;
    for (;;) {
      const std::optional<What> what = happenings_.wait_until(deadline);
      if (what == What::kLost) end_without_device();
      if (what == What::kIdle) {
        log_info("stopped: every request was answered");
        return 0;
      }
      if (!what || what == What::kSignal) return abort_jobs();
    }
  }

  int stop_loading() {
    log_info("stopped while the model was loading");
    loader_->cancel();
    const SteadyTime deadline = clock_.now() + kAbortLoadTime;
    while (!loader_->done()) {
      const std::optional<What> what = happenings_.wait_until(deadline);
      if (!what || what == What::kSignal) std::_Exit(1);  // the loader hangs; nothing on disk is half done
    }
    return 0;
  }

  // A lost device's driver may hang in any call, so that nothing is given back to it. The engine has logged the reason
  // and ended every request; what is left is to send that. The server drains already.
  [[noreturn]] void end_without_device() {
    wait_until_flushed();
    std::_Exit(1);
  }

  void wait_until_flushed() {
    const SteadyTime deadline = clock_.now() + kFlushTime;
    for (std::optional<What> what = What::kSignal; what && what != What::kIdle;)
      what = happenings_.wait_until(deadline);
  }

  int abort_jobs() {
    const std::size_t cut = worker_.jobs.size();
    worker_.jobs.abort_all("shutting_down", "the worker was stopped before the answer was complete");
    wait_until_flushed();
    log_warning("stopped: {} requests were cut off", cut);
    return cut == 0 ? 0 : 1;
  }

  const SystemClock clock_{};
  Happenings happenings_;
  Worker worker_;
  net::Server server_;
  std::optional<Loader> loader_;
  SignalThread signals_;
};

}  // namespace

int run_worker(const WorkerConfig& config, const LoadEngine& load) {
  return Lifecycle(config, load).run();
}

}  // namespace rbee::worker
