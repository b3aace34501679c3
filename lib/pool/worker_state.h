#pragma once
// What a worker is doing, decided from its record and what was seen of it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/pool/worker_record.h"
#include "wire/worker_status.h"

namespace rbee::pool {

enum class WorkerState : std::uint8_t {
  kLoading,  ///< the process lives and does not take requests yet
  kReady,
  kBusy,
  kDraining,     ///< stopping: finishes its requests
  kDead,         ///< the process of the record is gone
  kUnreachable,  ///< the process lives, but its port does not answer, or another program answers there
};

/// "loading", "ready", "busy", "draining", "dead", "unreachable".
std::string_view worker_state_name(WorkerState state);

/// What was seen of a worker at one moment.
struct WorkerSnapshot {
  bool process_alive = false;  ///< exactly the record's process, not a reused pid
  std::chrono::seconds age{0};
  std::optional<wire::WorkerHealth> health;        ///< of whoever answers on the port
  std::optional<wire::WorkerReadiness> readiness;  ///< likewise
};

struct WorkerVerdict {
  WorkerState state = WorkerState::kDead;
  std::string reason;  ///< for people; empty when the state says all
};

/// True when the answer on the port is that of the record's process: same nonce (where the record has one) and pid.
bool is_own_answer(const wire::WorkerRecord& record, const wire::WorkerHealth& health);

/// Pure.
WorkerVerdict worker_state(const wire::WorkerRecord& record, const WorkerSnapshot& seen);

}  // namespace rbee::pool
