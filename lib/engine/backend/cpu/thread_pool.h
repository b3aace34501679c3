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

/// A fixed number of workers; the thread that calls deal() is worker 0. Waiting threads spin for a fraction of a
/// millisecond where each has a processor, then sleep: between calls nothing uses the processor. A worker that the
/// system does not let run in time misses a call, and nobody waits for it. deal() must be called from one thread at a
/// time.
class ThreadPool {
 public:
  /// Starts threads - 1 threads; `threads` is at least 1.
  explicit ThreadPool(std::uint32_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::uint32_t size() const { return size_; }

  /// Calls work(section, piece, worker) once for every piece in [0, pieces[section]) of every section, in several
  /// threads at the same time, and returns when all calls have returned; what they wrote is then visible to the caller.
  /// A worker first takes the pieces of its own share, the same ones in every call, then what others have left. `work`
  /// must not throw and must not call deal().
  template <typename Work>
  void deal(std::span<const std::size_t> pieces, const Work& work) {
    const Deal<Work> deal{pieces, work, *this};
    run_job(
        pieces,
        [](const void* context, std::uint32_t worker) { static_cast<const Deal<Work>*>(context)->take(worker); },
        &deal);
  }
  /// One section.
  template <typename Work>
  void deal(std::size_t pieces, const Work& work) {
    deal(std::span(&pieces, 1), [&](std::size_t, std::size_t piece, std::uint32_t worker) { work(piece, worker); });
  }

 private:
  /// The first piece of a worker's share of a section that nobody has taken.
  struct alignas(64) Share {
    std::atomic<std::size_t> next{0};
  };

  template <typename Work>
  struct Deal {
    std::span<const std::size_t> pieces;
    const Work& work;
    ThreadPool& pool;

    void take(std::uint32_t worker) const {
      const std::uint32_t workers = pool.size_;
      for (std::uint32_t i = 0; i < workers; ++i) {
        const std::uint32_t owner = (worker + i) % workers;
        for (std::size_t s = 0; s < pieces.size(); ++s) {
          const std::size_t end = pieces[s] * (owner + 1) / workers;
          std::atomic<std::size_t>& next = pool.shares_[s * workers + owner].next;
          for (std::size_t p = next.fetch_add(1, std::memory_order_relaxed); p < end;
               p = next.fetch_add(1, std::memory_order_relaxed)) {
            work(s, p, worker);
          }
        }
      }
    }
  };

  using Job = void (*)(const void* context, std::uint32_t worker);
  void run_job(std::span<const std::size_t> pieces, Job job, const void* context);
  void work_loop(std::uint32_t worker);
  /// Returns when state_ no longer is `old`.
  void wait_for_change(std::uint32_t old) const;

  const std::uint32_t size_;
  const bool spins_;  // not with more threads than processors: a spinning thread would keep the one it waits for away
  std::vector<Share> shares_;                        // [sections][workers]
  Job job_ = nullptr;                                // written before the state says open, read after joining
  const void* context_ = nullptr;                    // likewise
  alignas(64) std::atomic<std::uint32_t> state_{0};  // number of the job, whether it is open, who has joined
  alignas(64) std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace rbee::engine::cpu
