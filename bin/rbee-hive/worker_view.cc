#include "worker_view.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "base/printable.h"
#include "base/units.h"
#include "pool/ids.h"

namespace rbee::hive {

using console::Colour;
using console::padded;
using console::Terminal;
namespace {

using pool::WorkerState;

Colour colour_of(WorkerState state) {
  switch (state) {
    case WorkerState::kReady:
    case WorkerState::kBusy:
      return Colour::kGreen;
    case WorkerState::kLoading:
    case WorkerState::kDraining:
      return Colour::kYellow;
    case WorkerState::kDead:
    case WorkerState::kUnreachable:
      return Colour::kRed;
  }
  return Colour::kNone;
}

}  // namespace

boost::json::object worker_document(const pool::WorkerSighting& worker) {
  boost::json::object document = to_json(worker.record).as_object();
  document["state"] = worker_state_name(worker.verdict.state);
  document["reason"] = worker.verdict.reason;
  document["url"] = pool::worker_origin(worker.record);
  document["rss_bytes"] = worker.memory.resident_bytes;
  document["rss_peak_bytes"] = worker.memory.resident_peak_bytes;
  document["uptime_seconds"] = worker.seen.process_alive ? worker.seen.age.count() : 0;
  if (worker.seen.health && pool::is_own_answer(worker.record, *worker.seen.health)) {
    document["vram_bytes"] = worker.seen.health->vram_bytes;
    document["context"] = worker.seen.health->context;
    document["device"] = worker.seen.health->device;
  }
  return document;
}

std::string worker_table(const std::vector<pool::WorkerSighting>& workers, const Terminal& terminal) {
  std::size_t id_columns = 14, model_columns = 14;
  for (const pool::WorkerSighting& worker : workers) {
    id_columns = std::max(id_columns, worker.record.worker_id.size());
    model_columns = std::max(model_columns, console::display_width(printable(worker.record.model_id)));
  }
  std::string text = fmt::format("{}  {}  {:<9}  {:<11}  {:>5}  {:>8}  {:>9}  {}\n", padded("ID", id_columns),
                                 padded("Model", model_columns), "Backend", "State", "Port", "PID", "Memory", "Uptime");
  for (const pool::WorkerSighting& worker : workers) {
    const bool alive = worker.seen.process_alive;
    const std::string state = padded(worker_state_name(worker.verdict.state), 11);
    text += fmt::format("{}  {}  {:<9}  {}  {:>5}  {:>8}  {:>9}  {}{}\n", padded(worker.record.worker_id, id_columns),
                        padded(printable(worker.record.model_id), model_columns), printable(worker.record.backend),
                        terminal.coloured(state, colour_of(worker.verdict.state)), worker.record.port,
                        worker.record.pid, alive ? human_bytes(worker.memory.resident_bytes) : "-",
                        alive ? duration_text(worker.seen.age) : "-",
                        worker.verdict.reason.empty() ? "" : " (" + worker.verdict.reason + ")");
  }
  return text;
}

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86400) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string loading_text(const wire::WorkerReadiness& readiness) {
  if (!readiness.progress) return "Loading";
  const wire::LoadingProgress& progress = *readiness.progress;
  if (progress.stage == "quantizing") {
    if (progress.bytes_total == 0) return "Waiting for another worker that quantizes the same model";
    return fmt::format("Quantizing: {} of {}", human_bytes(progress.bytes_done), human_bytes(progress.bytes_total));
  }
  return fmt::format("Loading: {} of {} layers, {} of {}", progress.layers_done, progress.layers_total,
                     human_bytes(progress.bytes_done), human_bytes(progress.bytes_total));
}

}  // namespace rbee::hive
