#pragma once
// A function that runs on a stack of its own and takes turns with its owner.

#include <csetjmp>
#include <cstddef>
#include <memory>

#include <ucontext.h>

namespace rbee::engine::cuda::simt {

/// All on one thread. A fiber that has not returned may be destroyed: what lies on its stack is dropped, not destroyed.
class Fiber {
 public:
  using Function = void (*)(void* owner, std::size_t index);

  /// `function(owner, index)` starts at the first resume(); it never returns, it waits forever.
  Fiber(Function function, void* owner, std::size_t index);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Lets the fiber run until it calls wait().
  void resume();
  /// Called by the fiber: goes back to the one that resumed it.
  void wait();

 private:
  static void start(unsigned high, unsigned low);

  const Function function_;
  void* const owner_;
  const std::size_t index_;
  struct Free {
    void operator()(std::byte* memory) const;
  };
  const std::unique_ptr<std::byte, Free> stack_;
  bool started_ = false;
  ucontext_t own_{}, caller_{};
  std::jmp_buf own_jump_{}, caller_jump_{};
  [[maybe_unused]] void* fake_stack_ = nullptr;  // AddressSanitizer's, of whichever side is not running
  [[maybe_unused]] const void* caller_stack_ = nullptr;
  [[maybe_unused]] std::size_t caller_stack_bytes_ = 0;
};

}  // namespace rbee::engine::cuda::simt
