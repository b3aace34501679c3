#include "engine/backend/cpu/thread_pool.h"

#include <chrono>

#include "base/check.h"
#include "base/usable_cpus.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rbee::engine::cpu {
namespace {

// Longer than the gaps between the ops of a step, in which one thread works alone, and than the waking of a processor
// that sleeps (tens of microseconds on virtual machines); far shorter than a scheduler tick, so that a pool with more
// threads than cores does not burn the others' time.
constexpr std::chrono::microseconds kSpinTime{200};
constexpr int kSpinsPerLook = 32;  // at the clock

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void ThreadPool::wait_while_equal(const std::atomic<std::uint32_t>& value, std::uint32_t old) const {
  for (auto end = std::chrono::steady_clock::time_point::max(); spins_;) {
    for (int i = 0; i < kSpinsPerLook; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      relax();
    }
    const auto now = std::chrono::steady_clock::now();
    if (end == std::chrono::steady_clock::time_point::max()) end = now + kSpinTime;
    if (now >= end) break;
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

ThreadPool::ThreadPool(std::uint32_t threads) : size_(threads), spins_(threads <= usable_cpus()) {
  RBEE_CHECK(threads >= 1);
  threads_.reserve(threads - 1);
  for (std::uint32_t worker = 1; worker < threads; ++worker) {
    threads_.emplace_back([this, worker] { work_loop(worker); });
  }
}

ThreadPool::~ThreadPool() {
  stop_.store(true, std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::start_deal(std::span<const std::size_t> pieces) {
  if (shares_.size() < pieces.size() * size_) shares_ = std::vector<Share>(pieces.size() * size_);
  for (std::size_t s = 0; s < pieces.size(); ++s) {
    for (std::uint32_t worker = 0; worker < size_; ++worker) {
      shares_[s * size_ + worker].next.store(pieces[s] * worker / size_, std::memory_order_relaxed);
    }
  }
}

void ThreadPool::run_job(Job job, const void* context) {
  if (size_ == 1) {
    job(context, 0);
    return;
  }
  job_ = job;
  context_ = context;
  running_.store(size_ - 1, std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  job(context, 0);
  for (std::uint32_t left = running_.load(std::memory_order_acquire); left != 0;
       left = running_.load(std::memory_order_acquire)) {
    wait_while_equal(running_, left);
  }
}

void ThreadPool::work_loop(std::uint32_t worker) {
  std::uint32_t seen = 0;
  for (;;) {
    wait_while_equal(generation_, seen);
    // A worker takes part in every job, so the generation has moved by one exactly.
    ++seen;
    if (stop_.load(std::memory_order_relaxed)) return;
    job_(context_, worker);
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
  }
}

}  // namespace rbee::engine::cpu
