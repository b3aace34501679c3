#pragma once
// Does memory grow from request to request?

#include <cstddef>
#include <optional>
#include <vector>

namespace rbee::matrix {

struct MemorySlope {
  std::size_t samples = 0;       ///< that were fitted
  double bytes_per_request = 0;  ///< least squares
  double lower_bound = 0;        ///< three standard errors below it: about 99.7 % sure to be exceeded
};

/// From the resident bytes after each request. The first quarter is left out: allocators settle there. Nothing with
/// fewer than kSlopeSamplesMin left. Ordinary least squares; the standard error from the residuals, n - 2 degrees.
std::optional<MemorySlope> memory_slope(const std::vector<double>& bytes_after_request);

}  // namespace rbee::matrix
