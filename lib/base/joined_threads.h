#pragma once
// Threads that a scope starts and waits for: what std::jthread is where the standard library has it (libc++ before 18
// has not).

#include <thread>
#include <utility>
#include <vector>

namespace rbee {

/// Joins every thread when it goes, however the scope ends. Not thread-safe itself.
class JoinedThreads {
 public:
  JoinedThreads() = default;
  JoinedThreads(const JoinedThreads&) = delete;
  JoinedThreads& operator=(const JoinedThreads&) = delete;
  ~JoinedThreads() { join(); }

  /// Starts a thread that runs `work`, which must not throw. Throws std::system_error when the system has no more.
  template <typename Work>
  void start(Work work) {
    threads_.emplace_back(std::move(work));
  }
  /// Waits until all are done.
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace rbee
