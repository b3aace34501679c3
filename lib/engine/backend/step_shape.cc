#include "engine/backend/step_shape.h"

#include <algorithm>
#include <bit>

namespace rbee::engine {
namespace {

std::uint32_t row_class(std::size_t rows, std::uint32_t rows_max) {
  std::uint32_t unit = 1;
  while (unit * 8 < rows) unit *= 2;
  return std::min(static_cast<std::uint32_t>((rows + unit - 1) / unit * unit), rows_max);
}

}  // namespace

StepShape shape_of(const Step& step, const StepLimits& limits, const SplitRule& rule) {
  StepShape shape{.tokens = row_class(step.tokens.size(), limits.tokens_max),
                  .outputs = row_class(step.output_rows.size(), limits.outputs_max)};
  std::uint32_t positions = 0;
  for (const StepSequence& sequence : step.sequences) {
    positions = std::max(positions, sequence.position + sequence.tokens);
  }
  const std::uint32_t splits = (positions + rule.positions - 1) / rule.positions;
  if (shape.tokens <= rule.tokens_max && splits >= 2 && splits <= rule.splits_max) {
    shape.splits = std::min(std::bit_ceil(splits), rule.splits_max);
  }
  return shape;
}

}  // namespace rbee::engine
