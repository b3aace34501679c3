#pragma once
// What people see of a run while it goes.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "console/terminal.h"
#include "matrix/results.h"

namespace rbee::keeper {

/// One block per cell: "Testing: …", its steps, the result, an empty line. Blocks of one pool come line by line; with
/// several pools each comes whole when its cell is done. Any thread.
class RunPrinter {
 public:
  enum class Blocks { kAsTheyGo, kWhole };
  RunPrinter(console::Terminal& terminal, Blocks blocks) : terminal_(terminal), blocks_(blocks) {}

  void pool_found(const matrix::PoolRecord& pool);
  /// An empty step begins the block.
  void cell_step(const matrix::CellKey& key, std::string_view step);
  void cell_done(const matrix::CellRecord& cell);

 private:
  void put(const matrix::CellKey& key, const std::string& line);

  console::Terminal& terminal_;
  const Blocks blocks_;
  std::mutex mutex_;
  std::map<matrix::CellKey, std::string> open_;  // blocks so far, guarded by mutex_ as the terminal is
};

/// A cell's result with the state's colour.
std::string coloured_cell_line(const console::Terminal& terminal, const matrix::CellRecord& cell);

}  // namespace rbee::keeper
