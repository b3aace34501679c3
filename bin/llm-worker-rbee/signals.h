#pragma once
// SIGTERM and SIGINT as calls on a thread of their own.

#include <functional>
#include <thread>

#include <pthread.h>
#include <signal.h>

namespace rbee::worker {

/// Blocks both signals for the calling thread and all it starts later, and ignores SIGPIPE. Call first in main.
void block_stop_signals();

class SignalThread {
 public:
  /// `on_signal` is called for every SIGTERM or SIGINT, on this object's thread.
  explicit SignalThread(std::function<void(int)> on_signal);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void run();

  const std::function<void(int)> on_signal_;
  std::thread thread_;
};

}  // namespace rbee::worker
