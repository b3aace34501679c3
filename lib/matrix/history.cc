#include "matrix/history.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/printable.h"

namespace rbee::matrix {
namespace {

constexpr double kNoteworthyChange = 0.1;  // of speeds, times and memory
constexpr double kNoteworthyFactor = 10;   // of errors, which span orders of magnitude

std::string date_of(const CellRecord& cell) {
  return printable(std::string_view(cell.started_at).substr(0, 10));
}

bool is_error_figure(std::string_view name) {
  return name == figure::kWorstNmse || name == figure::kMaxAbs;
}
// Figures that say where, not how much; and those that scatter by nature.
bool is_uninteresting(std::string_view name) {
  return name == figure::kWorstPosition || name == figure::kFirstDifference || name == figure::kBytesPerRequest ||
         name == figure::kSlopeLowerBound || name == figure::kSeconds || name == figure::kCancelSeconds ||
         name == figure::kHangUpSeconds || name == figure::kMargin || name == figure::kTop1Margin;
}

bool is_noteworthy(std::string_view name, double before, double after) {
  if (before == after || is_uninteresting(name)) return false;
  if (is_error_figure(name)) {
    // Below single precision's own rounding nothing is worth a word.
    const double low = std::max(std::min(before, after), 1e-12), high = std::max(before, after);
    return high / low >= kNoteworthyFactor;
  }
  return std::abs(after - before) > kNoteworthyChange * std::max(std::abs(before), std::abs(after));
}

std::string number(double value) {
  return fmt::format("{:.4g}", value);
}

std::string figure_change(Check check, std::string_view name, double before, double after) {
  const std::string percent =
      before > 0 && !is_error_figure(name) ? fmt::format(" ({:+.0f}%)", (after / before - 1) * 100) : "";
  return fmt::format("{}: {} {} -> {}{}", check_title(check), name, number(before), number(after), percent);
}

// "worst_nmse 1.2e-09 then, 0.31 now" for every figure of the check that differs.
std::string figures_then_and_now(const CheckRecord& now, const CheckRecord* then) {
  std::string out;
  for (const auto& [name, value] : now.figures) {
    const std::optional<double> before = then == nullptr ? std::nullopt : then->figure(name);
    if (before && *before == value) continue;
    out += fmt::format("{}{} {} then, {} now", out.empty() ? "" : ", ", name, before ? number(*before) : "absent",
                       number(value));
  }
  return out;
}

std::string regression_reason(const CellRecord& now, const CellRecord& then) {
  std::string checks;
  for (const CheckRecord& check : now.checks) {
    if (judge(check).grade != Grade::kFail) continue;
    const std::string values = figures_then_and_now(check, then.find(check.check));
    if (values.empty()) continue;
    checks += fmt::format("{}{}: {}", checks.empty() ? "" : "; ", check_title(check.check), values);
  }
  return checks;
}

std::vector<std::string> figure_changes(const CellRecord& before, const CellRecord& after) {
  std::vector<std::string> out;
  for (const CheckRecord& check : after.checks) {
    for (const auto& [name, value] : check.figures) {
      const std::optional<double> then = before.figure(check.check, name);
      if (then && is_noteworthy(name, *then, value)) out.push_back(figure_change(check.check, name, *then, value));
    }
  }
  return out;
}

}  // namespace

void mark_regressions(Run& run, const Run& before) {
  for (CellRecord& cell : run.cells) {
    if (cell.verdict.state != CellState::kFail) continue;
    const CellRecord* then = before.find(cell.key);
    if (then == nullptr || !works(then->verdict.state)) continue;
    const std::string values = regression_reason(cell, *then);
    cell.verdict.state = CellState::kRegression;
    cell.verdict.reason =
        fmt::format("worked on {}{}{}; {}", date_of(*then), values.empty() ? "" : ": ", values, cell.verdict.reason);
  }
}

std::vector<CellChange> compare_runs(const Run& before, const Run& after) {
  std::set<CellKey> keys;
  for (const CellRecord& cell : before.cells) keys.insert(cell.key);
  for (const CellRecord& cell : after.cells) keys.insert(cell.key);
  std::vector<CellChange> out;
  for (const CellKey& key : keys) {
    const CellRecord *a = before.find(key), *b = after.find(key);
    CellChange change{key, "absent", "absent", {}, false};
    if (a != nullptr) change.before = state_name(a->verdict.state);
    if (b != nullptr) change.after = state_name(b->verdict.state);
    change.worse = a != nullptr && works(a->verdict.state) && (b == nullptr || !works(b->verdict.state));
    if (a != nullptr && b != nullptr) change.figures = figure_changes(*a, *b);
    if (change.before != change.after || !change.figures.empty()) out.push_back(std::move(change));
  }
  return out;
}

std::string diff_text(const std::vector<CellChange>& changes, const std::string& a, const std::string& b) {
  std::string out = fmt::format("{} -> {}\n", printable(a), printable(b));
  std::size_t worse = 0;
  for (const CellChange& change : changes) {
    worse += change.worse ? 1 : 0;
    out += fmt::format("{} {}: {}\n", change.worse ? "✗" : " ", cell_title(change.key),
                       change.before == change.after ? change.after : change.before + " -> " + change.after);
    for (const std::string& figure : change.figures) out += fmt::format("    {}\n", printable(figure));
  }
  out += changes.empty()
             ? "No cell changed.\n"
             : fmt::format("{} {} changed, {} worse\n", changes.size(), changes.size() == 1 ? "cell" : "cells", worse);
  return out;
}

}  // namespace rbee::matrix
