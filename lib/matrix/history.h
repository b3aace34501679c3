#pragma once
// This run against an earlier one.

#include <string>
#include <vector>

#include "matrix/results.h"

namespace rbee::matrix {

/// A cell that fails and worked in `before` becomes a regression; its reason names the check and both values:
/// "worked on 2026-11-20: logits: worst_nmse 1.2e-09 then, 0.31 now; …". Other cells stay as they are.
void mark_regressions(Run& run, const Run& before);

struct CellChange {
  CellKey key;
  std::string before, after;         ///< states; "absent" where one run has no such cell
  std::vector<std::string> figures;  ///< "speed: decode_tokens_per_second 81.2 -> 60.1 (-26%)"
  bool worse = false;                ///< worked before and fails or is missing now
};

/// Cells whose state changed, and figures that changed by more than a tenth (counts and logit errors: at all, by a
/// factor of 10).
std::vector<CellChange> compare_runs(const Run& before, const Run& after);

/// For people; ends with a line of counts. `a` and `b` name the runs.
std::string diff_text(const std::vector<CellChange>& changes, const std::string& a, const std::string& b);

}  // namespace rbee::matrix
