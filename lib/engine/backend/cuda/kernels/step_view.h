#pragma once
// What kernels know about a step: words that the host writes before each (step_tables.h of the backend).

#include "engine/backend/cuda/kernels/dialect.h"

namespace rbee::engine::cuda {

/// The first words: two counts, then where each section begins.
enum StepWord : u32 {
  kTokenCount = 0,   ///< RowKind::kTokens
  kOutputCount = 1,  ///< RowKind::kOutputs
  kTokenIds = 2,     ///< by token
  kPositions = 3,    ///< by token
  kUsesLong = 4,     ///< by token: the bits of the rope tables whose long frequencies it takes
  kTableBegins = 5,  ///< by token: where its sequence's blocks begin in kBlockTables
  kOutputRows = 6,   ///< by output: its token
  kBlockTables = 7,  ///< by sequence, its blocks
  kHeaderWords = 8
};

RBEE_DEVICE u32 step_entry(const u32* step, StepWord section, u32 index) {
  return step[step[section] + index];
}

}  // namespace rbee::engine::cuda
