#include "matrix/reference_work.h"

#include <algorithm>

#include "matrix/limits.h"

namespace rbee::matrix {

std::size_t reference_positions(std::uint64_t parameters) {
  if (parameters == 0) return kReferencePositionsMin;
  const double affordable = kReferenceWorkMax / static_cast<double>(parameters);
  return static_cast<std::size_t>(
      std::clamp(affordable, static_cast<double>(kReferencePositionsMin), static_cast<double>(kReferencePositionsMax)));
}

}  // namespace rbee::matrix
