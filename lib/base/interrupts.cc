#include "base/interrupts.h"

namespace rbee {

Interrupts::Interrupts(std::initializer_list<int> signals) {
  sigemptyset(&watched_);
  for (const int number : signals) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    sigaddset(&watched_, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &watched_, &before_);
}

Interrupts::~Interrupts() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupts::asked() const {
  sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  for (int number = 1; number < NSIG; ++number) {
    if (sigismember(&watched_, number) == 1 && sigismember(&pending, number) == 1) return true;
  }
  return false;
}

int Interrupts::take() {
  int number = 0;
  return asked() && ::sigwait(&watched_, &number) == 0 ? number : 0;
}

}  // namespace rbee
