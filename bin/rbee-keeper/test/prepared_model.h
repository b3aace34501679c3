#pragma once
// A model on a pool, ready to be tested on any of its backends.

#include <optional>
#include <string>
#include <vector>

#include "matrix/results.h"
#include "test/expected_checks.h"
#include "test/pool_client.h"
#include "test/reference_scores.h"
#include "test/test_plan.h"

namespace rbee::keeper {

struct PreparedModel {
  std::string id;
  std::optional<matrix::Obstacle> obstacle;  ///< why it cannot be tested at all
  matrix::ModelFacts facts;
  std::vector<ExpectedCase> expected;  ///< empty: expected_note says why
  std::string expected_note;
  std::optional<ReferenceScores> reference;  ///< nothing: reference_note says why
  std::string reference_note;
};

/// Registers, downloads and verifies as far as needed, and reads expected.json. Throws only Error{kCancelled}.
PreparedModel prepare_model(PoolClient& pool, const std::string& model, const TestWorld& world);

/// Fills in `reference`: from the cache, or from a worker on the reference backend that is gone again when this
/// returns. `version` is the pool's: scores of another one are computed again. Throws only Error{kCancelled}.
void prepare_reference(PoolClient& pool, const std::string& version, PreparedModel& model, const TestWorld& world);

}  // namespace rbee::keeper
