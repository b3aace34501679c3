#pragma once
// When a request is tried again.

#include <chrono>
#include <optional>
#include <string>

#include "pool/download/transport.h"

namespace rbee::pool::download {

/// 408, 429 and the 5xx that pass: 500, 502, 503, 504.
bool is_passing_status(int status);

struct RetryQuestion {
  int failures = 1;  ///< in a row, this one counted
  int attempts_max = 1;
  double jitter = 0;                          ///< from 0 to 1
  std::optional<std::chrono::seconds> asked;  ///< by the server
};

/// How long to wait before the next attempt: the time that the server asked for and at most a second more, else half to
/// all of kRetryBase doubled per failure, at most kRetryCap. Nothing: give up, for the attempts are used up or the
/// server asks for more than kAskedWaitMax.
std::optional<std::chrono::milliseconds> retry_wait(const RetryQuestion& question);

}  // namespace rbee::pool::download
