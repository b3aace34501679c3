#include "stop_signals.h"

namespace rbee::hive {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  signal(SIGXFSZ, SIG_IGN);
}

StopSignals::~StopSignals() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::seen() {
  if (signal_ != 0) return true;
  sigset_t waiting;
  sigpending(&waiting);
  if (sigismember(&waiting, SIGINT) != 1 && sigismember(&waiting, SIGTERM) != 1 && sigismember(&waiting, SIGHUP) != 1) {
    return false;
  }
  int number = 0;
  if (sigwait(&signals_, &number) != 0) return false;  // one is waiting: returns at once
  signal_ = number;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  return true;
}

}  // namespace rbee::hive
