#include "pool/download/job_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rbee::pool::download {

void run_jobs(std::size_t items, unsigned threads, Cancellation& cancellation,
              const std::function<void(std::size_t item)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr first;  // guarded by mutex
  const auto run = [&] {
    for (std::size_t item = next++; item < items && !cancellation.requested(); item = next++) {
      try {
        work(item);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
        cancellation.request();
      }
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, items); ++i) others.emplace_back(run);
  run();
  for (std::thread& thread : others) thread.join();
  if (first) std::rethrow_exception(first);
}

}  // namespace rbee::pool::download
