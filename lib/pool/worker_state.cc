#include "pool/worker_state.h"

#include <fmt/format.h>

namespace rbee::pool {
namespace {

// Until then a process that does not answer yet is starting, not lost.
constexpr std::chrono::seconds kStartGrace{30};

}  // namespace

std::string_view worker_state_name(WorkerState state) {
  switch (state) {
    case WorkerState::kLoading:
      return "loading";
    case WorkerState::kReady:
      return "ready";
    case WorkerState::kBusy:
      return "busy";
    case WorkerState::kDraining:
      return "draining";
    case WorkerState::kDead:
      return "dead";
    case WorkerState::kUnreachable:
      return "unreachable";
  }
  return "unreachable";
}

bool is_own_answer(const wire::WorkerRecord& record, const wire::WorkerHealth& health) {
  return health.pid == static_cast<std::uint64_t>(record.pid) && (record.nonce.empty() || health.nonce == record.nonce);
}

WorkerVerdict worker_state(const wire::WorkerRecord& record, const WorkerSnapshot& seen) {
  if (!seen.process_alive) return {WorkerState::kDead, fmt::format("process {} is gone", record.pid)};
  if (!seen.health) {
    if (seen.age < kStartGrace) return {WorkerState::kLoading, "starting"};
    return {WorkerState::kUnreachable, fmt::format("nothing answers on port {}", record.port)};
  }
  if (!is_own_answer(record, *seen.health)) {
    return {WorkerState::kUnreachable,
            fmt::format("another program answers on port {} (pid {})", record.port, seen.health->pid)};
  }
  if (!seen.readiness) return {WorkerState::kUnreachable, fmt::format("no answer to /ready on port {}", record.port)};
  const wire::WorkerReadiness& readiness = *seen.readiness;
  if (readiness.state == "draining") return {WorkerState::kDraining, ""};
  if (!readiness.ready) return {WorkerState::kLoading, ""};
  return {readiness.state == "busy" ? WorkerState::kBusy : WorkerState::kReady, ""};
}

}  // namespace rbee::pool
