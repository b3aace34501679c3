#pragma once
// What a run comes to.

#include <cstddef>
#include <string>

#include "matrix/results.h"

namespace rbee::matrix {

struct Summary {
  std::size_t passed = 0, failed = 0, skipped = 0;
};
Summary summarize(const Run& run);

/// 0 when nothing failed and something passed, else 1: a run that showed nothing is no success.
int exit_code(const Summary& summary);

/// "  Passed:  8\n  Failed:  0\n  Skipped: 0\n\n" and the last line.
std::string summary_text(const Summary& summary);
/// "✓ All tests passed!", "✗ 2 tests failed", "✗ No test passed".
std::string last_line(const Summary& summary);

/// "✓ tinyllama works on cpu @ workstation", "✗ tinyllama fails on …: reason", "- tinyllama skipped on …: reason".
std::string cell_line(const CellRecord& cell);

/// Models by rows, one column per backend and pool, for a terminal.
std::string table_text(const Run& run);

}  // namespace rbee::matrix
