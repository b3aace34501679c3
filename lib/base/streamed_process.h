#pragma once
// Running another program to its end while its output streams in.

#include <chrono>
#include <functional>
#include <string_view>

#include "base/child_process.h"

namespace rbee {

/// Where the output goes and how the program is ended before its time.
struct StreamedRun {
  /// Pieces as they come, in the calling thread; where one is empty, the descriptor of the ProcessSpec is used.
  std::function<void(std::string_view)> on_output, on_errors;
  /// Asked at least ten times a second; empty: the program runs as long as it likes.
  std::function<bool()> ends_now;
  /// How it is told to end. Standard input is a pipe that stays open and empty in the second case.
  enum class EndBy { kSignal, kClosingInput } end_by = EndBy::kSignal;
  /// How long it may take to end; then SIGTERM (if it was only told by its input), and after as long again SIGKILL.
  std::chrono::milliseconds grace{5'000};
};

/// Runs `spec` in a session of its own, so that a Ctrl-C of the terminal does not reach it; signals go to its whole
/// process group. Returns when the program is gone and what it wrote has been handed on; programs that it left behind
/// are not waited for. Throws as start_process(), and whatever a sink throws, after the program is gone.
ExitStatus run_streamed(ProcessSpec spec, const StreamedRun& run);

}  // namespace rbee
