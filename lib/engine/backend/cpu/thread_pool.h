#pragma once
// The threads that share one backend's work.

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace rbee::engine::cpu {

/// A fixed number of workers; the thread that calls run() is worker 0. Waiting threads spin for a few microseconds,
/// then sleep: between calls nothing uses the processor. run() must be called from one thread at a time.
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

 private:
  using Job = void (*)(const void* context, std::uint32_t worker);
  void run_job(Job job, const void* context);
  void work_loop(std::uint32_t worker);

  const std::uint32_t size_;
  Job job_ = nullptr;              // written before generation_ is raised, read after it was seen raised
  const void* context_ = nullptr;  // likewise
  alignas(64) std::atomic<std::uint32_t> generation_{0};  // of the job; odd steps do not matter, it only changes
  alignas(64) std::atomic<std::uint32_t> running_{0};     // workers that have not finished the job
  alignas(64) std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace rbee::engine::cpu
