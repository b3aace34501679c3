#pragma once
// How this program asks workers.

#include "pool/worker_watch.h"

namespace rbee::hive {

/// Keeps its connections between calls; answers within three seconds. One thread.
pool::HttpGet http_get();

}  // namespace rbee::hive
