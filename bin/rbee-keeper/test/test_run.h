#pragma once
// A whole run over several pools at once.

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "console/terminal.h"
#include "matrix/results.h"
#include "pool_session.h"
#include "test/test_plan.h"

namespace rbee::keeper {

struct TestRunInput {
  std::vector<std::unique_ptr<PoolSession>> pools;
  matrix::RunRecord head;             ///< started_at, rbee_version, command
  std::optional<matrix::Run> before;  ///< to compare with
  std::filesystem::path folder;       ///< where the files go, rewritten after every cell
};

/// Runs every cell: a thread per pool. `idle` is called in this thread about 20 times a second, and may set the world's
/// stop. Throws Error{kIo, kExhausted} when the files cannot be written.
matrix::Run run_test(const TestRunInput& input, const TestWorld& world, console::Terminal& terminal,
                     const std::function<void()>& idle);

}  // namespace rbee::keeper
