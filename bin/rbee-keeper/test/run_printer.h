#pragma once
// What people see of a run while it goes.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/terminal.h"
#include "matrix/results.h"

namespace rbee::keeper {

/// One block per cell: "Testing: …", its steps, the result, an empty line. Blocks of one pool come line by line; with
/// several pools, and on a terminal, each comes whole when its cell is done. On a terminal the cells that are not done
/// stand below them, a line each, with what they do. Any thread.
class RunPrinter {
 public:
  enum class Pools { kOne, kSeveral };
  RunPrinter(console::Terminal& terminal, Pools pools)
      : terminal_(terminal), whole_blocks_(pools == Pools::kSeveral || terminal.redraws()) {}
  ~RunPrinter() { erase(); }
  RunPrinter(const RunPrinter&) = delete;
  RunPrinter& operator=(const RunPrinter&) = delete;

  void pool_found(const matrix::PoolRecord& pool);
  void cells_planned(const std::vector<matrix::CellKey>& cells);
  /// An empty step begins the block.
  void cell_step(const matrix::CellKey& key, std::string_view step);
  void cell_done(const matrix::CellRecord& cell);

 private:
  void put(const matrix::CellKey& key, const std::string& line);
  void erase();
  void draw();

  console::Terminal& terminal_;
  const bool whole_blocks_;
  std::mutex mutex_;
  // Guarded by mutex_, as the terminal is.
  std::map<matrix::CellKey, std::string> open_;                   // blocks so far
  std::vector<std::pair<matrix::CellKey, std::string>> waiting_;  // cells that are not done, with their step
  std::size_t drawn_ = 0;                                         // lines below the blocks
};

/// A cell's result with the state's colour.
std::string coloured_cell_line(const console::Terminal& terminal, const matrix::CellRecord& cell);

}  // namespace rbee::keeper
