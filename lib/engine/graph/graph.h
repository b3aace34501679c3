#pragma once
// A model's computation: ops in execution order over single-assignment values.

#include <cstdint>
#include <vector>

#include "engine/graph/op.h"

namespace rbee::engine {

enum class RowKind : std::uint8_t { kTokens, kOutputs };

struct ValueInfo {
  std::uint32_t columns = 0;
  RowKind rows = RowKind::kTokens;
};

/// Ops run in order; each value is written by exactly one op, before its first use. The last value in `output` is
/// what a run returns (logits [R, vocab] for a model). Built by GraphBuilder, which checks every shape law.
struct Graph {
  std::vector<Op> ops;
  std::vector<ValueInfo> values;  ///< by ValueId
  std::vector<RopeTable> rope_tables;
  ValueId output = kNoValue;
};

}  // namespace rbee::engine
