#include "engine/chat/budget.h"

#include <algorithm>

#include "base/error.h"
#include "engine/chat/limits.h"

namespace rbee::engine::jinja {

Budget::Budget(const TemplateBudget& limits, std::uint64_t input_bytes)
    : limits_(limits),
      evaluations_max_(kEvaluationDepthMax),
      output_max_(limits.output_bytes_max + kOutputBytesPerInputByte * input_bytes),
      memory_max_(kMemoryBytesMax + kMemoryPerInputByte * input_bytes),
      deadline_(std::chrono::steady_clock::now() + kRenderTimeMax),
      free_bytes_(kFreeBytesPerInputByte * input_bytes),
      check_at_(std::min(kStepsPerClockCheck, limits.steps_max + 1)) {}

void Budget::charge_bytes(std::uint64_t count) {
  const std::uint64_t free = std::min(count, free_bytes_);
  free_bytes_ -= free;
  charge_steps(count - free + free / kScanBytesPerStep);
}

void Budget::charge_memory(std::uint64_t count) {
  memory_ += count;
  if (memory_ > memory_max_) fail(ErrorKind::kBadRequest, "template exceeded {} bytes of memory", memory_max_);
}

void Budget::check_output(std::uint64_t bytes) const {
  if (bytes > output_max_) fail(ErrorKind::kBadRequest, "template exceeded {} bytes of output", output_max_);
}

void Budget::check() {
  if (steps_ > limits_.steps_max) fail(ErrorKind::kBadRequest, "template exceeded {} steps", limits_.steps_max);
  if (std::chrono::steady_clock::now() > deadline_) {
    fail(ErrorKind::kBadRequest, "template exceeded {} ms", kRenderTimeMax.count());
  }
  check_at_ = std::min(steps_ + kStepsPerClockCheck, limits_.steps_max + 1);
}

void Budget::too_deep() {
  --evaluations_;  // the guard's destructor does not run
  fail(ErrorKind::kBadRequest, "template exceeded depth {}", evaluations_max_);
}

Budget::Call::Call(Budget& budget) : budget_(budget) {
  if (budget_.calls_ >= budget_.limits_.depth_max) {
    fail(ErrorKind::kBadRequest, "template exceeded depth {}", budget_.limits_.depth_max);
  }
  ++budget_.calls_;
}

}  // namespace rbee::engine::jinja
