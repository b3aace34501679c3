#pragma once
// The threads that share one backend's work.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

namespace rbee::engine::cpu {

/// A fixed number of workers; the thread that calls run() is worker 0. Waiting threads spin for a fraction of a
/// millisecond where each has a processor, then sleep: between calls nothing uses the processor. run() must be called
/// from one thread at a time.
class ThreadPool {
 public:
  /// Starts threads - 1 threads; `threads` is at least 1.
  explicit ThreadPool(std::uint32_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::uint32_t size() const { return size_; }

  /// Calls work(worker) for every worker in [0, size) at the same time and returns when all have returned; what the
  /// workers wrote is then visible to the caller. `work` must not throw and must not call run().
  template <typename Work>
  void run(const Work& work) {
    run_job([](const void* context, std::uint32_t worker) { (*static_cast<const Work*>(context))(worker); }, &work);
  }

  /// Calls work(section, piece, worker) once for every piece in [0, pieces[section]) of every section. A worker first
  /// takes the pieces of its own share, the same ones in every call, then what slower workers have left. Otherwise
  /// like run().
  template <typename Work>
  void deal(std::span<const std::size_t> pieces, const Work& work) {
    start_deal(pieces);
    run([&](std::uint32_t worker) {
      for (std::uint32_t i = 0; i < size_; ++i) {
        const std::uint32_t owner = worker + i < size_ ? worker + i : worker + i - size_;
        for (std::size_t s = 0; s < pieces.size(); ++s) {
          const std::size_t end = pieces[s] * (owner + 1) / size_;
          std::atomic<std::size_t>& next = shares_[s * size_ + owner].next;
          for (std::size_t p = next.fetch_add(1, std::memory_order_relaxed); p < end;
               p = next.fetch_add(1, std::memory_order_relaxed)) {
            work(s, p, worker);
          }
        }
      }
    });
  }

 private:
  /// The first piece of a worker's share of a section that nobody has taken.
  struct alignas(64) Share {
    std::atomic<std::size_t> next{0};
  };

  using Job = void (*)(const void* context, std::uint32_t worker);
  void start_deal(std::span<const std::size_t> pieces);
  void run_job(Job job, const void* context);
  /// Returns when `value` no longer is `old`.
  void wait_while_equal(const std::atomic<std::uint32_t>& value, std::uint32_t old) const;
  void work_loop(std::uint32_t worker);

  const std::uint32_t size_;
  const bool spins_;   // not with more threads than processors: a spinning thread would keep the one it waits for away
  Job job_ = nullptr;  // written before generation_ is raised, read after it was seen raised
  const void* context_ = nullptr;                         // likewise
  alignas(64) std::atomic<std::uint32_t> generation_{0};  // of the job; odd steps do not matter, it only changes
  alignas(64) std::atomic<std::uint32_t> running_{0};     // workers that have not finished the job
  alignas(64) std::atomic<bool> stop_{false};
  std::vector<Share> shares_;  // [sections][workers] of the deal
  std::vector<std::thread> threads_;
};

}  // namespace rbee::engine::cpu
