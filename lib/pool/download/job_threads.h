#pragma once
// Work for several threads, with the first failure passed on.

#include <cstddef>
#include <functional>

#include "pool/download/cancellation.h"

namespace rbee::pool::download {

/// Calls `work(item)` for 0 … items-1 on up to `threads` threads and waits for all of them. The first exception makes
/// `cancellation` requested, so that the others end soon, and is thrown again at the end.
void run_jobs(std::size_t items, unsigned threads, Cancellation& cancellation,
              const std::function<void(std::size_t item)>& work);

}  // namespace rbee::pool::download
