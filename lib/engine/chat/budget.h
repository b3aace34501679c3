#pragma once
// What a rendering has used of its budget.

#include <chrono>
#include <cstdint>

#include "engine/chat/chat_template.h"

namespace rbee::engine::jinja {

/// Counts steps, bytes, memory and depth; every method throws Error{kBadRequest} "template exceeded ..." at its limit.
/// One thread.
class Budget {
 public:
  /// `input_bytes`: the size of everything that is rendered, the template's own text included.
  Budget(const TemplateBudget& limits, std::uint64_t input_bytes);

  void charge_steps(std::uint64_t count) {
    steps_ += count;
    if (steps_ >= check_at_) check();
  }
  /// Bytes that a string operation writes: a step each, beyond the free allowance.
  void charge_bytes(std::uint64_t count);
  /// Bytes that an operation only reads.
  void charge_scan(std::uint64_t count) { charge_steps(1 + count / kScanBytesPerStep); }
  void charge_memory(std::uint64_t count);
  /// The size that the output has now.
  void check_output(std::uint64_t bytes) const;

  /// An active macro call or recursive loop.
  class Call {
   public:
    explicit Call(Budget& budget);
    ~Call() { --budget_.calls_; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Budget& budget_;
  };

  /// An active evaluation of a statement or an expression.
  class Evaluation {
   public:
    explicit Evaluation(Budget& budget) : budget_(budget) {
      if (++budget_.evaluations_ > budget_.evaluations_max_) budget_.too_deep();
      budget_.charge_steps(1);
    }
    ~Evaluation() { --budget_.evaluations_; }
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

   private:
    Budget& budget_;
  };

 private:
  static constexpr std::uint64_t kScanBytesPerStep = 64;
  static constexpr std::uint64_t kStepsPerClockCheck = 2048;

  void check();
  [[noreturn]] void too_deep();

  const TemplateBudget limits_;
  const std::uint32_t evaluations_max_;
  const std::uint64_t output_max_;
  const std::uint64_t memory_max_;
  const std::chrono::steady_clock::time_point deadline_;
  std::uint64_t free_bytes_;
  std::uint64_t steps_ = 0;
  std::uint64_t check_at_;
  std::uint64_t memory_ = 0;
  std::uint32_t calls_ = 0;
  std::uint32_t evaluations_ = 0;
};

}  // namespace rbee::engine::jinja
