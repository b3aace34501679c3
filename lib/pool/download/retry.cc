#include "pool/download/retry.h"

#include <algorithm>

#include "pool/download/limits.h"

namespace rbee::pool::download {

bool is_passing_status(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::optional<std::chrono::milliseconds> retry_wait(const RetryQuestion& question) {
  if (question.failures >= question.attempts_max) return std::nullopt;
  if (question.asked) {
    if (*question.asked > kAskedWaitMax) return std::nullopt;
    return *question.asked + std::chrono::milliseconds(static_cast<int>(question.jitter * 1000));
  }
  constexpr int kDoublingsMax = 16;  // 500 ms << 16 is far beyond the cap
  const auto whole = std::min(kRetryBase * (1 << std::min(question.failures - 1, kDoublingsMax)), kRetryCap);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(whole.count()) * (0.5 + question.jitter / 2)));
}

}  // namespace rbee::pool::download
