#pragma once
// A wish to stop, seen by every thread of a download.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace rbee::pool::download {

/// Any thread.
class Cancellation {
 public:
  void request() {
    const std::lock_guard lock(mutex_);
    requested_ = true;
    changed_.notify_all();
  }
  bool requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
  }
  /// Waits for `time`, or until somebody asks to stop: true then.
  bool wait(std::chrono::milliseconds time) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return requested_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool requested_ = false;  // guarded by mutex_
};

}  // namespace rbee::pool::download
