#include "interruptible.h"

#include "base/error.h"
#include "base/interrupts.h"

namespace rbee::keeper {

int run_interruptible(PoolLink& link, const PoolCommand& command) {
  Interrupts interrupts;
  try {
    return link.run(command, {.ends_now = [&] { return interrupts.asked(); }});
  } catch (const Error& error) {
    const int signal = interrupts.take();
    if (error.kind() != ErrorKind::kCancelled || signal == 0) throw;
    return 128 + signal;
  }
}

}  // namespace rbee::keeper
