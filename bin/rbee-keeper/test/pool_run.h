#pragma once
// All cells of one pool, one after another.

#include "pool_session.h"
#include "test/test_plan.h"

namespace rbee::keeper {

/// Tells everything through `events`, from the calling thread. Throws nothing: a pool that cannot be reached is a
/// record with a problem, and its cells are unavailable.
void run_pool(PoolSession& session, const TestWorld& world, const TestEvents& events);

}  // namespace rbee::keeper
