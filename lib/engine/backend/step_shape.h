#pragma once
// The shape of a step, by which devices keep recorded work: what is recorded once serves every step of its shape.

#include <compare>
#include <cstdint>

#include "engine/backend/backend.h"

namespace rbee::engine {

struct StepShape {
  std::uint32_t tokens = 0, outputs = 0;
  std::uint32_t splits = 0;  ///< of the positions, for attention; 0: it is not split
  friend auto operator<=>(const StepShape&, const StepShape&) = default;
};

/// How attention is split where steps are small.
struct SplitRule {
  std::uint32_t tokens_max = 0;  ///< of a step that is split
  std::uint32_t positions = 0;   ///< of one split
  std::uint32_t splits_max = 0;  ///< that there is room for
};

/// The step's shape, rows rounded up so that few shapes serve all steps: exact up to 8, then in quarters of powers of
/// two. Work recorded for more rows than a step has must be right: kernels read the true number.
StepShape shape_of(const Step& step, const StepLimits& limits, const SplitRule& rule);

}  // namespace rbee::engine
