#pragma once
// Ctrl-C and its kin as a question that a command asks, instead of the end of the process.

#include <csignal>
#include <initializer_list>

namespace rbee {

/// From construction to destruction its signals wait instead of ending the process; those that were
/// ignored before stay ignored. Made before other threads start, one at a time. What still waits at destruction takes
/// effect then.
class Interrupts {
 public:
  explicit Interrupts(std::initializer_list<int> signals = {SIGINT, SIGTERM, SIGHUP});
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// True once one of the signals came and until it is taken. Any thread.
  bool asked() const;
  /// The signal that came, which is then forgotten; 0 when none came.
  int take();

 private:
  sigset_t watched_, before_;
};

}  // namespace rbee
