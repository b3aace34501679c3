#include "pool/download/progress_board.h"

#include <algorithm>
#include <utility>

namespace rbee::pool::download {

std::string_view event_name(DownloadEvent::Kind kind) {
  switch (kind) {
    case DownloadEvent::Kind::kPlanned:
      return "planned";
    case DownloadEvent::Kind::kFileDone:
      return "file";
    case DownloadEvent::Kind::kRetry:
      return "retry";
    case DownloadEvent::Kind::kRestart:
      return "restart";
    case DownloadEvent::Kind::kCorrupt:
      return "corrupt";
  }
  return "event";
}

void ProgressBoard::post(DownloadEvent event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}

void ProgressBoard::set_phase(DownloadProgress::Phase phase, std::uint64_t bytes_total, std::size_t files_total) {
  const std::lock_guard lock(mutex_);
  progress_.phase = phase;
  progress_.bytes_total = bytes_total;
  progress_.files_total = files_total;
  progress_.bytes_done = 0;
  progress_.files_done = 0;
}

void ProgressBoard::add_done(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  progress_.bytes_done += bytes;
}

void ProgressBoard::take_back(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  progress_.bytes_done -= std::min(bytes, progress_.bytes_done);
}

void ProgressBoard::add_received(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  progress_.bytes_done += bytes;
  progress_.received += bytes;
}

void ProgressBoard::file_done() {
  const std::lock_guard lock(mutex_);
  ++progress_.files_done;
}

DownloadProgress ProgressBoard::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::deque<DownloadEvent> ProgressBoard::take_events() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

}  // namespace rbee::pool::download
