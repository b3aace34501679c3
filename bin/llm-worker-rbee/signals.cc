#include "signals.h"

namespace rbee::worker {
namespace {

// Ends the thread; blocked like the others, and nobody else sends it.
constexpr int kEndSignal = SIGUSR2;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, kEndSignal);
  return set;
}

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // writing beyond a file's largest size fails instead
}

SignalThread::SignalThread(std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)), thread_([this] { run(); }) {}

SignalThread::~SignalThread() {
  pthread_kill(thread_.native_handle(), kEndSignal);
  thread_.join();
}

void SignalThread::run() {
  const sigset_t set = stop_signals();
  for (;;) {
    int number = 0;
    if (sigwait(&set, &number) != 0) continue;
    if (number == kEndSignal) return;
    on_signal_(number);
  }
}

}  // namespace rbee::worker
