#pragma once
// One pool, as the commands that drive it see it.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rbee::keeper {

/// What a finished `rbee-hive` command left behind.
struct HiveOutcome {
  int exit_code = 0;
  std::string out;  ///< standard output, whole
  std::string err;  ///< standard error, whole
};

/// Runs `rbee-hive` on a pool and reaches its workers. Implemented over the system's ssh, directly on this machine, and
/// by a fake in tests. Calls on one session may come from several threads.
class PoolSession {
 public:
  virtual ~PoolSession() = default;

  /// The name that people gave the pool, "localhost" for this machine.
  virtual const std::string& name() const = 0;

  /// Runs `rbee-hive` with `arguments`, which arrive as they are, and waits for its end. A command that fails is an
  /// outcome, not an error. Throws Error: kUnavailable (the pool cannot be reached, asks for a password, has no
  /// rbee-hive, or `timeout` passed; the remote command is then ended).
  virtual HiveOutcome hive(const std::vector<std::string>& arguments, std::chrono::seconds timeout) = 0;

  /// Where from here the worker answers that listens on `host`:`port` over there: "http://127.0.0.1:40123", through a
  /// tunnel that lives as long as the session when it is only reachable there. Throws Error{kUnavailable}.
  virtual std::string worker_origin(const std::string& host, std::uint16_t port) = 0;
};

}  // namespace rbee::keeper
