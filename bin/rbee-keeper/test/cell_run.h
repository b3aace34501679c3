#pragma once
// One cell: a worker is started, asked everything, and stopped.

#include <functional>
#include <string>
#include <string_view>

#include "matrix/results.h"
#include "test/pool_client.h"
#include "test/prepared_model.h"
#include "test/test_plan.h"

namespace rbee::keeper {

/// `step` is told what begins. The verdict is filled in. Throws nothing: what goes wrong is an obstacle of the cell.
matrix::CellRecord run_cell(PoolClient& pool, const PreparedModel& model, const std::string& backend,
                            const TestWorld& world, const std::function<void(std::string_view)>& step);

/// A cell that was not begun.
matrix::CellRecord untested_cell(const matrix::CellKey& key, matrix::Obstacle obstacle, const TestWorld& world);

/// What a failed spawn means: a build without the backend is unsupported, anything else a failure.
matrix::Obstacle spawn_obstacle(const std::string& message);

}  // namespace rbee::keeper
