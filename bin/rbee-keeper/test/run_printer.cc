#include "test/run_printer.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "matrix/summary.h"

namespace rbee::keeper {

using console::Colour;

std::string coloured_cell_line(const console::Terminal& terminal, const matrix::CellRecord& cell) {
  const matrix::CellState state = cell.verdict.state;
  const Colour colour = matrix::failed(state)                    ? Colour::kRed
                        : state == matrix::CellState::kPass      ? Colour::kGreen
                        : state == matrix::CellState::kTolerated ? Colour::kYellow
                                                                 : Colour::kFaint;
  // Only the mark: what is read stays readable.
  const std::string line = matrix::cell_line(cell);
  const std::size_t end = line.find(' ');
  return terminal.coloured(line.substr(0, end), colour) + line.substr(end);
}

void RunPrinter::pool_found(const matrix::PoolRecord& pool) {
  const std::lock_guard lock(mutex_);
  if (!pool.problem.empty())
    terminal_.note(fmt::format("rbee: {}: {}", printable(pool.name), printable(pool.problem, 1000)));
}

void RunPrinter::put(const matrix::CellKey& key, const std::string& line) {
  if (blocks_ == Blocks::kAsTheyGo) {
    terminal_.line(line);
  } else {
    open_[key] += line + "\n";
  }
}

void RunPrinter::cell_step(const matrix::CellKey& key, std::string_view step) {
  const std::lock_guard lock(mutex_);
  put(key, step.empty() ? "Testing: " + matrix::cell_title(key) : fmt::format("  {}", step));
}

void RunPrinter::cell_done(const matrix::CellRecord& cell) {
  const std::lock_guard lock(mutex_);
  put(cell.key, coloured_cell_line(terminal_, cell));
  if (!cell.log.empty()) put(cell.key, "  the end of its log:");
  for (const std::string& line : cell.log) put(cell.key, "    " + printable(line, 400));
  put(cell.key, "");
  terminal_.raw(open_[cell.key]);
  open_.erase(cell.key);
}

}  // namespace rbee::keeper
