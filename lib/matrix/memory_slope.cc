#include "matrix/memory_slope.h"

#include <cmath>
#include <span>

#include "matrix/limits.h"

namespace rbee::matrix {

std::optional<MemorySlope> memory_slope(const std::vector<double>& bytes_after_request) {
  const std::span<const double> samples = std::span(bytes_after_request).subspan(bytes_after_request.size() / 4);
  if (samples.size() < kSlopeSamplesMin) return std::nullopt;
  const double n = static_cast<double>(samples.size());
  double mean_y = 0;
  for (const double bytes : samples) mean_y += bytes / n;
  const double mean_x = (n - 1) / 2;
  double sum_xx = 0, sum_xy = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double x = static_cast<double>(i) - mean_x;
    sum_xx += x * x;
    sum_xy += x * (samples[i] - mean_y);
  }
  MemorySlope out;
  out.samples = samples.size();
  out.bytes_per_request = sum_xy / sum_xx;
  double residuals = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double fitted = mean_y + out.bytes_per_request * (static_cast<double>(i) - mean_x);
    residuals += (samples[i] - fitted) * (samples[i] - fitted);
  }
  const double standard_error = std::sqrt(residuals / (n - 2) / sum_xx);
  out.lower_bound = out.bytes_per_request - 3 * standard_error;
  return out;
}

}  // namespace rbee::matrix
