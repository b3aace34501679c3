#pragma once
// Runs one step of a plan.

#include <span>

#include "engine/backend/cpu/cpu_plan.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/thread_pool.h"

namespace rbee::engine::cpu {

/// As Backend::run. Called by the engine thread.
void run_step(CpuPlan& plan, const Step& step, std::span<float> output, const Kernels& kernels, ThreadPool& pool);

}  // namespace rbee::engine::cpu
