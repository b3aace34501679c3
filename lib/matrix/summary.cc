#include "matrix/summary.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/printable.h"
#include "matrix/layout.h"
#include "matrix/limits.h"

namespace rbee::matrix {
namespace {

constexpr std::string_view kWorks = "✓", kFails = "✗";

std::string reason_of(const CellRecord& cell) {
  return cell.verdict.reason.empty() ? "" : ": " + printable(cell.verdict.reason, kReasonBytesMax);
}

}  // namespace

Summary summarize(const Run& run) {
  Summary out;
  for (const CellRecord& cell : run.cells) {
    ++(works(cell.verdict.state) ? out.passed : failed(cell.verdict.state) ? out.failed : out.skipped);
  }
  return out;
}

int exit_code(const Summary& summary) {
  return summary.failed == 0 && summary.passed > 0 ? 0 : 1;
}

std::string last_line(const Summary& summary) {
  if (summary.failed > 0) {
    return fmt::format("{} {} {} failed", kFails, summary.failed, summary.failed == 1 ? "test" : "tests");
  }
  if (summary.passed == 0) return fmt::format("{} No test passed: nothing was shown to work", kFails);
  return fmt::format("{} All tests passed!", kWorks);
}

std::string summary_text(const Summary& summary) {
  return fmt::format("  Passed:  {}\n  Failed:  {}\n  Skipped: {}\n\n{}\n", summary.passed, summary.failed,
                     summary.skipped, last_line(summary));
}

std::string cell_line(const CellRecord& cell) {
  const std::string place = fmt::format("on {} @ {}", printable(cell.key.backend), printable(cell.key.pool));
  const std::string model = printable(cell.key.model);
  switch (cell.verdict.state) {
    case CellState::kPass:
      return fmt::format("{} {} works {}", kWorks, model, place);
    case CellState::kTolerated:
      return fmt::format("{} {} works {} (tolerated drift{})", kWorks, model, place, reason_of(cell));
    case CellState::kFail:
    case CellState::kRegression:
      return fmt::format("{} {} fails {}{}", kFails, model, place, reason_of(cell));
    case CellState::kUnsupported:
    case CellState::kUnavailable:
    case CellState::kNotRun:
      break;
  }
  return fmt::format("- {} {} {}{}", model, state_name(cell.verdict.state), place, reason_of(cell));
}

std::string table_text(const Run& run) {
  const auto [models, columns] = layout_of(run);
  std::map<CellKey, CellState> states;
  for (const CellRecord& cell : run.cells) states[cell.key] = cell.verdict.state;
  std::size_t width = 5;
  for (const std::string& model : models) width = std::max(width, printable(model, 40).size());
  std::string out = fmt::format("  {:<{}}", "Model", width);
  for (const Column& column : columns)
    out += fmt::format("  {} @ {}", printable(column.backend), printable(column.pool));
  out += "\n";
  for (const std::string& model : models) {
    out += fmt::format("  {:<{}}", printable(model, 40), width);
    for (const Column& column : columns) {
      const auto state = states.find({column.pool, column.backend, model});
      const std::string_view name = state == states.end() ? "-" : state_name(state->second);
      const std::size_t column_width = printable(column.backend).size() + printable(column.pool).size() + 3;
      out += fmt::format("  {:<{}}", name, std::max(column_width, name.size()));
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  return out;
}

}  // namespace rbee::matrix
