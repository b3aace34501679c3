#include "engine/backend/cuda/emulation/fiber.h"

#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#define RBEE_WATCHED_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RBEE_WATCHED_FIBERS 1
#endif
#endif

#if defined(RBEE_WATCHED_FIBERS)
#include <sanitizer/common_interface_defs.h>
#endif

namespace rbee::engine::cuda::simt {
namespace {

#if defined(RBEE_WATCHED_FIBERS)
constexpr std::size_t kStackBytes = std::size_t{512} << 10;
#else
constexpr std::size_t kStackBytes = std::size_t{128} << 10;
#endif

}  // namespace

void Fiber::Free::operator()(std::byte* memory) const {
  std::free(memory);
}

Fiber::Fiber(Function function, void* owner, std::size_t index)
    : function_(function), owner_(owner), index_(index), stack_(static_cast<std::byte*>(std::malloc(kStackBytes))) {
  ::getcontext(&own_);
  own_.uc_stack.ss_sp = stack_.get();
  own_.uc_stack.ss_size = kStackBytes;
  own_.uc_link = nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(this);  // makecontext passes ints
  ::makecontext(&own_, reinterpret_cast<void (*)()>(&Fiber::start), 2, static_cast<unsigned>(address >> 32),
                static_cast<unsigned>(address));
}

void Fiber::start(unsigned high, unsigned low) {
  auto* const self = reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(high) << 32 | low);
#if defined(RBEE_WATCHED_FIBERS)
  __sanitizer_finish_switch_fiber(nullptr, &self->caller_stack_, &self->caller_stack_bytes_);
#endif
  self->function_(self->owner_, self->index_);
}

#if defined(RBEE_WATCHED_FIBERS)

void Fiber::resume() {
  __sanitizer_start_switch_fiber(&fake_stack_, stack_.get(), kStackBytes);
  ::swapcontext(&caller_, &own_);
  __sanitizer_finish_switch_fiber(fake_stack_, nullptr, nullptr);
}

void Fiber::wait() {
  void* own_fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&own_fake_stack, caller_stack_, caller_stack_bytes_);
  ::swapcontext(&own_, &caller_);
  __sanitizer_finish_switch_fiber(own_fake_stack, &caller_stack_, &caller_stack_bytes_);
}

#else

// swapcontext asks the kernel for the signal mask each time; a jump does not. It is used once, to get on the stack.
void Fiber::resume() {
  if (_setjmp(caller_jump_) != 0) return;
  if (started_) _longjmp(own_jump_, 1);
  started_ = true;
  ::swapcontext(&caller_, &own_);
}

void Fiber::wait() {
  if (_setjmp(own_jump_) == 0) _longjmp(caller_jump_, 1);
}

#endif

}  // namespace rbee::engine::cuda::simt
