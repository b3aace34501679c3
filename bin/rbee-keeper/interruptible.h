#pragma once
// A command on a pool that Ctrl-C ends.

#include "pool_link.h"

namespace rbee::keeper {

/// Runs it with its outputs on this process's. Ctrl-C, SIGTERM and SIGHUP end it over there, and then the result is 128
/// + the signal's number. Throws as PoolLink::run().
int run_interruptible(PoolLink& link, const PoolCommand& command);

}  // namespace rbee::keeper
