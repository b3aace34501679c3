#include "download_view.h"

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "base/json_text.h"
#include "base/units.h"

namespace rbee::hive {
namespace {

namespace dl = pool::download;
using Phase = dl::DownloadProgress::Phase;

constexpr std::chrono::seconds kLookBack{5}, kLookBackMin{1}, kEventInterval{1};

}  // namespace

void SpeedMeter::add(SteadyTime now, std::uint64_t bytes_so_far) {
  samples_.push_back({now, bytes_so_far});
  while (samples_.size() > 2 && now - samples_[1].time > kLookBack) samples_.pop_front();
}

double SpeedMeter::bytes_per_second() const {
  if (samples_.size() < 2) return 0;
  const auto span = samples_.back().time - samples_.front().time;
  if (span < kLookBackMin || samples_.back().bytes < samples_.front().bytes) return 0;
  return static_cast<double>(samples_.back().bytes - samples_.front().bytes) /
         std::chrono::duration<double>(span).count();
}

std::string duration_text(double seconds) {
  constexpr double kLongest = 360'000;
  const auto whole = static_cast<std::uint64_t>(std::min(seconds, kLongest));
  if (seconds >= kLongest) return "days";
  if (whole >= 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

std::string progress_text(const dl::DownloadProgress& progress, double bytes_per_second) {
  if (progress.phase == Phase::kListing) return "Asking the hub";
  const std::string bytes =
      fmt::format("{} of {}", human_bytes(progress.bytes_done), human_bytes(progress.bytes_total));
  if (progress.phase == Phase::kChecking) return "Checking what is there: " + bytes;
  const double share = progress.bytes_total == 0
                           ? 1
                           : static_cast<double>(progress.bytes_done) / static_cast<double>(progress.bytes_total);
  constexpr int kBarColumns = 20;
  const int full = static_cast<int>(share * kBarColumns);
  std::string text = fmt::format("[{:#<{}}{:.<{}}] {:3.0f} %  {}, {} of {} files", "", full, "", kBarColumns - full,
                                 share * 100, bytes, progress.files_done, progress.files_total);
  if (bytes_per_second <= 0) return text;
  const auto left = static_cast<double>(progress.bytes_total - std::min(progress.bytes_done, progress.bytes_total));
  return text + fmt::format(", {}/s, {} left", human_bytes(static_cast<std::uint64_t>(bytes_per_second)),
                            duration_text(left / bytes_per_second));
}

void DownloadView::on_event(const dl::DownloadEvent& event) {
  if (terminal_.json()) {
    boost::json::object line{{"event", dl::event_name(event.kind)}, {"message", event.text}};
    if (!event.path.empty()) line["path"] = event.path;
    line["bytes"] = event.bytes;
    return terminal_.note(json_line(line));
  }
  switch (event.kind) {
    case dl::DownloadEvent::Kind::kPlanned:
    case dl::DownloadEvent::Kind::kFileDone:
      return terminal_.line(event.text);
    case dl::DownloadEvent::Kind::kRetry:
    case dl::DownloadEvent::Kind::kRestart:
    case dl::DownloadEvent::Kind::kCorrupt:
      return terminal_.note(event.text);
  }
}

void DownloadView::on_progress(const dl::DownloadProgress& progress) {
  const SteadyTime now = clock_.now();
  speed_.add(now, progress.received);
  terminal_.progress(progress_text(progress, speed_.bytes_per_second()));
  if (!terminal_.json() || now < next_event_) return;
  next_event_ = now + kEventInterval;
  terminal_.note(json_line(boost::json::object{{"event", "progress"},
                                               {"bytes_done", progress.bytes_done},
                                               {"bytes_total", progress.bytes_total},
                                               {"files_done", progress.files_done},
                                               {"files_total", progress.files_total},
                                               {"bytes_per_second", speed_.bytes_per_second()}}));
}

}  // namespace rbee::hive
