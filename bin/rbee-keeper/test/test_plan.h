#pragma once
// What one `rbee test` is to do, and how it tells what happens.

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "matrix/results.h"

namespace rbee::keeper {

struct TestPlan {
  std::vector<std::string> models;    ///< ids; empty: all that are on the pool's disk
  std::vector<std::string> backends;  ///< empty: all that the pool has a device for
  matrix::Depth depth = matrix::Depth::kStandard;
  bool fresh_reference = false;           ///< compute it again although it is kept
  std::filesystem::path reference_cache;  ///< folder
  std::string api_key;                    ///< that workers want; empty: none
};

/// What every part of a run works with; all of it outlives the run.
struct TestWorld {
  const TestPlan& plan;
  const Clock& clock;
  const std::atomic<bool>& stop;  ///< set by Ctrl-C
};

/// Called from the threads of the pools.
struct TestEvents {
  std::function<void(const matrix::PoolRecord&)> pool_found;  ///< before the first cell of a pool
  std::function<void(const std::vector<matrix::CellKey>&)> cells_planned;
  std::function<void(const matrix::CellKey&, std::string_view step)> cell_step;
  std::function<void(matrix::CellRecord)> cell_done;
};

}  // namespace rbee::keeper
