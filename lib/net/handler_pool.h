#pragma once
// A few threads that run request handlers, so that a heavy request never stalls the I/O thread.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rbee::net {

class HandlerPool {
 public:
  HandlerPool(std::uint32_t threads, std::uint32_t queue_max);
  /// Runs what is queued, then joins.
  ~HandlerPool();
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  /// False when the queue is full; the task is not run then. `task` must not throw. Any thread.
  bool try_post(std::function<void()> task);

 private:
  void run();

  const std::uint32_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace rbee::net
