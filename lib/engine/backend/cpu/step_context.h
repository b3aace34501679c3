#pragma once
// What the ops of a running step share.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/backend/cpu/cpu_plan.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/share.h"
#include "engine/backend/cpu/thread_pool.h"

namespace rbee::engine::cpu {

/// A value in memory: rows of `columns` floats, one behind the other.
struct Rows {
  float* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  float* row(std::size_t r) const { return data + r * columns; }
};

struct StepContext {
  CpuPlan& plan;
  const Step& step;
  std::span<float> output;  ///< where the graph's output goes
  const Kernels& kernels;
  ThreadPool& pool;

  Rows rows(ValueId id) const {
    if (id == kNoValue) return {};
    const ValueInfo& info = plan.graph.values[id.value()];
    const std::size_t count = info.rows == RowKind::kTokens ? step.tokens.size() : step.output_rows.size();
    return {id == plan.graph.output ? output.data() : plan.value(id), count, info.columns};
  }

  /// Calls work(begin, end) for parts of [0, n). `cost` is about the cycles for one; cheap work stays on this thread,
  /// where it is done before another thread would have woken up.
  template <typename Work>
  void for_each_part(std::size_t n, std::size_t cost, const Work& work) const {
    constexpr std::size_t kWorthSharing = 20'000;  // about 7 us
    if (n == 0) return;
    if (n == 1 || pool.size() == 1 || n * cost < kWorthSharing) {
      work(std::size_t{0}, n);
      return;
    }
    // A part is worth a take, and there are enough of them for a thread that others hold up to give some away.
    const std::size_t parts = std::min({n, n * cost / (kWorthSharing / 8) + 1, std::size_t{8} * pool.size()});
    pool.deal({&parts, 1},
              [&](std::size_t, std::size_t part, std::uint32_t) { work(n * part / parts, n * (part + 1) / parts); });
  }
};

/// Runs the matmuls, which have the same input.
void run_matmuls(const StepContext& context, std::span<const Op> ops);

void run_attention(const StepContext& context, const Op& op);
void run_kv_append(const StepContext& context, const Op& op);

}  // namespace rbee::engine::cpu
