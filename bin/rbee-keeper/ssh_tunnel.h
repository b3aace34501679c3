#pragma once
// A port of this machine that leads to a pool.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "pool/ssh/ssh_arguments.h"
#include "ssh_program.h"

namespace rbee::keeper {

/// Lives as long as this object; also ends when this process does, however it does.
class SshTunnel {
 public:
  /// Opens 127.0.0.1:local_port() to `host`:`port` over there and returns when it stands. Throws Error{kUnavailable}.
  SshTunnel(const SshProgram& ssh, const pool::SshRoute& route, const std::string& pool, const std::string& host,
            std::uint16_t port);
  ~SshTunnel();
  SshTunnel(const SshTunnel&) = delete;
  SshTunnel& operator=(const SshTunnel&) = delete;

  std::uint16_t local_port() const { return local_port_; }
  /// False once the connection broke.
  bool stands();

 private:
  enum class State { kOpening, kStanding, kEnded };
  void hold(const SshProgram& ssh, pool::SshRoute route, const std::string& pool, const pool::SshForward& forward);
  void set(State state);

  const std::uint16_t local_port_;
  std::atomic<bool> closing_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  State state_ = State::kOpening;
  std::string reason_;
  std::thread thread_;
};

}  // namespace rbee::keeper
