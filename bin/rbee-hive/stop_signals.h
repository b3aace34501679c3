#pragma once
// Ctrl-C and its relatives as a question that a loop asks.

#include <signal.h>

namespace rbee::hive {

/// While it lives, SIGINT, SIGTERM and SIGHUP wait to be asked for instead of ending the process, for this thread and
/// those that it starts; and a file beyond the size limit is a failed write, not a signal. The first signal that is
/// seen gives the others their usual effect back: a second Ctrl-C ends the process at once.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// True once one came.
  bool seen();
  /// The exit code that says so: 128 and the signal's number; 0 when none came.
  int exit_code() const { return signal_ == 0 ? 0 : 128 + signal_; }

 private:
  sigset_t signals_, before_;
  int signal_ = 0;
};

}  // namespace rbee::hive
