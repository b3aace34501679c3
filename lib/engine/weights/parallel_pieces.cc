#include "engine/weights/parallel_pieces.h"

#include <atomic>
#include <exception>
#include <mutex>

#include "base/joined_threads.h"

namespace rbee::engine {
namespace {

class PieceQueue {
 public:
  PieceQueue(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  // False when none is left, or the work has failed. Any thread.
  bool do_next() {
    const std::size_t piece = next_.fetch_add(1);
    if (piece >= count_ || failed_) return false;
    try {
      work_(piece);
    } catch (...) {
      fail(std::current_exception());
    }
    return !failed_;
  }

  void fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    failed_ = true;
  }

  // Once every thread has stopped.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::exception_ptr error_;  // guarded by mutex_
};

}  // namespace

void for_each_piece(std::size_t count, std::uint32_t threads, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& between) {
  PieceQueue queue(count, work);
  JoinedThreads helpers;
  for (std::uint32_t i = 1; i < threads && i < count; ++i) {
    helpers.start([&queue] {
      while (queue.do_next()) {
      }
    });
  }
  try {
    while (queue.do_next()) between();
  } catch (...) {
    queue.fail(std::current_exception());
  }
  helpers.join();
  queue.rethrow();
  between();
}

}  // namespace rbee::engine
