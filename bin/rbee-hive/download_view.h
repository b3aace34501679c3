#pragma once
// A download as people and programs see it.

#include <deque>
#include <string>

#include "base/clock.h"
#include "console/terminal.h"
#include "pool/download/progress_board.h"
#include "stop_signals.h"

namespace rbee::hive {

/// Bytes per second over the last few seconds.
class SpeedMeter {
 public:
  void add(SteadyTime now, std::uint64_t bytes_so_far);
  /// 0 until there is a second to look back on.
  double bytes_per_second() const;

 private:
  struct Sample {
    SteadyTime time;
    std::uint64_t bytes;
  };
  std::deque<Sample> samples_;
};

/// "1.2 of 2.2 GB, 31.4 MB/s, 32 s left".
std::string progress_text(const pool::download::DownloadProgress& progress, double bytes_per_second);

/// "45 s", "3 min 20 s", "2 h 5 min".
std::string duration_text(double seconds);

/// A progress line on a terminal, a line per finished file elsewhere, and with --json a line of JSON per event on
/// standard error: {"event","path","bytes","message"}, and once a second {"event":"progress",…}.
class DownloadView final : public pool::download::DownloadWatcher {
 public:
  /// All outlive the view.
  DownloadView(console::Terminal& terminal, const Clock& clock, StopSignals& signals)
      : terminal_(terminal), clock_(clock), signals_(signals) {}

  void on_event(const pool::download::DownloadEvent& event) override;
  void on_progress(const pool::download::DownloadProgress& progress) override;
  bool wants_stop() override { return signals_.seen(); }

 private:
  console::Terminal& terminal_;
  const Clock& clock_;
  StopSignals& signals_;
  SpeedMeter speed_;
  SteadyTime next_event_;
};

}  // namespace rbee::hive
