#pragma once
// Every bound of the HTTP server. The defaults are what programs run with; tests shorten the times.

#include <chrono>
#include <cstdint>

#include "base/units.h"

namespace rbee::net {

struct HttpLimits {
  // The head of a request: request line and header fields together.
  std::uint64_t head_bytes_max = 16_KiB;            ///< beyond: 431
  std::uint32_t headers_max = 100;                  ///< beyond: 431
  std::chrono::milliseconds head_deadline{10'000};  ///< for the whole head, from its first byte (or from accept): 408

  std::uint64_t body_bytes_max = 16_MiB;         ///< declared or chunked; beyond: 413
  std::chrono::milliseconds body_idle{30'000};   ///< between two reads: 408
  std::chrono::milliseconds body_grace{10'000};  ///< after it, a body must have come at body_rate_min on average: 408
  std::uint64_t body_rate_min = 1_KiB;           ///< bytes per second

  std::chrono::milliseconds keep_alive{75'000};  ///< idle time between requests
  std::uint32_t requests_per_connection_max = 1000;
  std::uint32_t connections_max = 4096;  ///< beyond: 503 and closed

  std::uint64_t stream_buffer_max = 64_KiB;       ///< unsent bytes of one stream; a reader slower than that is cut off
  std::chrono::milliseconds write_stall{30'000};  ///< without any byte taken by the reader: cut off
  std::chrono::milliseconds ping_interval{10'000};  ///< a silent stream gets a comment line this often

  std::uint32_t handler_threads = 2;
  std::uint32_t handler_queue_max = 256;  ///< requests waiting for a handler thread; beyond: 503

  /// After an error answer the rest of the request is read and dropped, so that the answer is not lost to a reset.
  std::uint64_t linger_bytes_max = 4_MiB;
  std::chrono::milliseconds linger{1'000};
};

static_assert(HttpLimits{}.head_bytes_max < HttpLimits{}.body_bytes_max);
static_assert(HttpLimits{}.ping_interval < HttpLimits{}.write_stall);

}  // namespace rbee::net
