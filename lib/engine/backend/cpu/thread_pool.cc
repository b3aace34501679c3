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

// The state: the job's number in the upper half, then a bit that says whether workers may join, then how many are in
// it.
constexpr std::uint32_t kNextJob = 1U << 16, kOpen = 1U << 15, kJoined = kOpen - 1;

}  // namespace

void ThreadPool::wait_for_change(std::uint32_t old) const {
  for (auto end = std::chrono::steady_clock::time_point::max(); spins_;) {
    for (int i = 0; i < kSpinsPerLook; ++i) {
      if (state_.load(std::memory_order_acquire) != old) return;
      relax();
    }
    const auto now = std::chrono::steady_clock::now();
    if (end == std::chrono::steady_clock::time_point::max()) end = now + kSpinTime;
    if (now >= end) break;
  }
  while (state_.load(std::memory_order_acquire) == old) state_.wait(old, std::memory_order_acquire);
}

ThreadPool::ThreadPool(std::uint32_t threads) : size_(threads), spins_(threads <= usable_cpus()) {
  RBEE_CHECK(threads >= 1 && threads <= kJoined);
  threads_.reserve(threads - 1);
  for (std::uint32_t worker = 1; worker < threads; ++worker) {
    threads_.emplace_back([this, worker] { work_loop(worker); });
  }
}

ThreadPool::~ThreadPool() {
  stop_.store(true, std::memory_order_relaxed);
  state_.fetch_add(kNextJob, std::memory_order_release);
  state_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run_job(std::span<const std::size_t> pieces, Job job, const void* context) {
  // Nobody has joined: these are the caller's alone.
  if (shares_.size() < pieces.size() * size_) shares_ = std::vector<Share>(pieces.size() * size_);
  for (std::size_t s = 0; s < pieces.size(); ++s) {
    for (std::uint32_t worker = 0; worker < size_; ++worker) {
      shares_[s * size_ + worker].next.store(pieces[s] * worker / size_, std::memory_order_relaxed);
    }
  }
  if (size_ == 1) return job(context, 0);
  job_ = job;
  context_ = context;
  state_.fetch_add(kNextJob | kOpen, std::memory_order_release);
  state_.notify_all();
  job(context, 0);
  // Every piece is taken. Those who are in it may still be at work; who has not come is not needed any more.
  for (std::uint32_t state = state_.fetch_sub(kOpen, std::memory_order_acq_rel) - kOpen; (state & kJoined) != 0;
       state = state_.load(std::memory_order_acquire)) {
    wait_for_change(state);
  }
}

void ThreadPool::work_loop(std::uint32_t worker) {
  std::uint32_t last = 0;  // the job that this worker was in
  for (std::uint32_t state = state_.load(std::memory_order_acquire); !stop_.load(std::memory_order_relaxed);
       state = state_.load(std::memory_order_acquire)) {
    if ((state & kOpen) == 0 || state / kNextJob == last) {
      wait_for_change(state);
    } else if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      last = state / kNextJob;
      job_(context_, worker);
      const std::uint32_t before = state_.fetch_sub(1, std::memory_order_acq_rel);
      if ((before & (kOpen | kJoined)) == 1) state_.notify_all();  // the caller waits for the last one
    }
  }
}

}  // namespace rbee::engine::cpu
