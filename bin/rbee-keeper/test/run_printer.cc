#include "test/run_printer.h"

#include <algorithm>

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

void RunPrinter::erase() {
  if (drawn_ > 0) terminal_.raw(fmt::format("\x1b[{}A\x1b[J", drawn_));
  drawn_ = 0;
}

void RunPrinter::draw() {
  if (!terminal_.redraws()) return;
  const console::Terminal::Size size = terminal_.size();
  // Half of the screen at most, so that results stay in sight.
  const std::size_t lines = std::min(waiting_.size(), size.rows / 2);
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const auto& [key, step] = waiting_[i];
    const bool rest = i + 1 == lines && waiting_.size() > lines;
    // Names are ASCII, so bytes are columns.
    std::string line = rest ? fmt::format("  … and {} more", waiting_.size() - i)
                            : fmt::format("  {:<40} {}", matrix::cell_title(key), step);
    if (line.size() >= size.columns) line.resize(size.columns - 1);
    text += terminal_.coloured(line, Colour::kFaint) + "\n";
  }
  terminal_.raw(text);
  drawn_ = lines;
}

void RunPrinter::pool_found(const matrix::PoolRecord& pool) {
  if (pool.problem.empty()) return;
  const std::lock_guard lock(mutex_);
  erase();
  terminal_.note(fmt::format("rbee: {}: {}", printable(pool.name), printable(pool.problem, 1000)));
  draw();
}

void RunPrinter::cells_planned(const std::vector<matrix::CellKey>& cells) {
  const std::lock_guard lock(mutex_);
  for (const matrix::CellKey& key : cells) waiting_.emplace_back(key, "");
  erase();
  draw();
}

void RunPrinter::put(const matrix::CellKey& key, const std::string& line) {
  if (whole_blocks_) {
    open_[key] += line + "\n";
  } else {
    terminal_.line(line);
  }
}

void RunPrinter::cell_step(const matrix::CellKey& key, std::string_view step) {
  const std::lock_guard lock(mutex_);
  put(key, step.empty() ? "Testing: " + matrix::cell_title(key) : fmt::format("  {}", step));
  for (auto& [waiting, doing] : waiting_) {
    if (waiting == key) doing = step.empty() ? "Preparing the model..." : step;
  }
  erase();
  draw();
}

void RunPrinter::cell_done(const matrix::CellRecord& cell) {
  const std::lock_guard lock(mutex_);
  put(cell.key, coloured_cell_line(terminal_, cell));
  if (!cell.log.empty()) put(cell.key, "  the end of its log:");
  for (const std::string& line : cell.log) put(cell.key, "    " + printable(line, 400));
  put(cell.key, "");
  std::erase_if(waiting_, [&](const auto& one) { return one.first == cell.key; });
  erase();
  terminal_.raw(open_[cell.key]);
  open_.erase(cell.key);
  draw();
}

}  // namespace rbee::keeper
