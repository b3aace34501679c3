#include "base/instruction_probe.h"

#include <csetjmp>
#include <csignal>

namespace rbee {
namespace {

sigjmp_buf back;  // NOLINT: a signal handler has nothing else to reach it by

extern "C" void refused(int) {
  siglongjmp(back, 1);
}

}  // namespace

bool instruction_runs(void (*instruction)()) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = refused;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGILL, &action, &before) != 0) return false;
  volatile bool runs = false;
  if (sigsetjmp(back, 1) == 0) {
    instruction();
    runs = true;
  }
  sigaction(SIGILL, &before, nullptr);
  return runs;
}

}  // namespace rbee
