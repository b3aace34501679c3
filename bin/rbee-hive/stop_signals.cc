#include "stop_signals.h"

#include <ctime>

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
  const timespec no_time{};
  const int number = sigtimedwait(&signals_, nullptr, &no_time);
  if (number <= 0) return false;
  signal_ = number;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  return true;
}

}  // namespace rbee::hive
