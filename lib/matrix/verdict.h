#pragma once
// What the evidence says. Pure; the thresholds are in limits.h. Absent evidence is never a pass.

#include <string>
#include <vector>

#include "matrix/cell.h"
#include "matrix/check.h"

namespace rbee::matrix {

enum class Grade {
  kPass,
  kTolerated,
  kFail,
  kMissing,        ///< not made, or a figure is absent
  kNotApplicable,  ///< there is nothing to check
};

struct Judgement {
  Grade grade = Grade::kMissing;
  std::string reason;  ///< empty for a pass
};

/// What one check shows by itself.
Judgement judge(const CheckRecord& check);

/// What kept a cell from being tested, or broke it off.
struct Obstacle {
  CellState state = CellState::kNotRun;  ///< fail, unsupported, unavailable or not run
  std::string reason;
};

struct Verdict {
  CellState state = CellState::kNotRun;
  std::string reason;  ///< empty for a pass
};

/// A failed check outweighs an obstacle, an obstacle outweighs missing evidence, and that outweighs drift. A check that
/// is there twice counts with its worse grade.
Verdict verdict(const std::vector<CheckRecord>& checks, const std::vector<Obstacle>& obstacles, Depth depth);

}  // namespace rbee::matrix
