#pragma once
// What the threads of a download tell the one that watches.

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace rbee::pool::download {

/// Something that people or programs may want to know of.
struct DownloadEvent {
  enum class Kind {
    kPlanned,   ///< the commit and what is needed are known
    kFileDone,  ///< one file is whole and verified
    kRetry,     ///< a request failed and is tried again
    kRestart,   ///< a file starts from its first byte
    kCorrupt,   ///< a file's digest was wrong; it is fetched once more
  } kind = Kind::kPlanned;
  std::string path;  ///< of the file; empty: of none
  std::uint64_t bytes = 0;
  std::string text;  ///< for people
};

/// "planned", "file", "retry", "restart", "corrupt".
std::string_view event_name(DownloadEvent::Kind kind);

struct DownloadProgress {
  enum class Phase { kListing, kChecking, kFetching } phase = Phase::kListing;
  std::uint64_t bytes_total = 0;
  std::uint64_t bytes_done = 0;  ///< there already or come
  std::uint64_t received = 0;    ///< in this run
  std::size_t files_total = 0, files_done = 0;
};

/// Told by the thread that called the download.
class DownloadWatcher {
 public:
  virtual ~DownloadWatcher() = default;
  virtual void on_event(const DownloadEvent& event) = 0;
  /// About ten times a second.
  virtual void on_progress(const DownloadProgress& progress) = 0;
  /// Asked as often: true ends the download; what came is kept.
  virtual bool wants_stop() = 0;
};

/// Any thread.
class ProgressBoard {
 public:
  void post(DownloadEvent event);
  void set_phase(DownloadProgress::Phase phase, std::uint64_t bytes_total, std::size_t files_total);
  void add_done(std::uint64_t bytes);
  void take_back(std::uint64_t bytes);
  void add_received(std::uint64_t bytes);
  void file_done();

  DownloadProgress progress() const;
  /// What was posted since the last call.
  std::deque<DownloadEvent> take_events();

 private:
  mutable std::mutex mutex_;
  DownloadProgress progress_;         // guarded by mutex_
  std::deque<DownloadEvent> events_;  // guarded by mutex_
};

}  // namespace rbee::pool::download
