#include "ssh_tunnel.h"

#include <cerrno>
#include <chrono>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/file_descriptor.h"
#include "pool/ssh/remote_command.h"
#include "pool/ssh/ssh_failure.h"

namespace rbee::keeper {
namespace {

constexpr std::chrono::seconds kOpenDeadline{60};

// Free at this moment; ssh fails when somebody is quicker.
std::uint16_t free_port() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail(ErrorKind::kUnavailable, "no free port on 127.0.0.1: {}", std::strerror(errno));
  }
  return ntohs(address.sin_port);
}

}  // namespace

SshTunnel::SshTunnel(const SshProgram& ssh, const pool::SshRoute& route, const std::string& pool,
                     const std::string& host, std::uint16_t port)
    : local_port_(free_port()) {
  thread_ = std::thread([=, this] { hold(ssh, route, pool, {local_port_, host, port}); });
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kOpenDeadline, [this] { return state_ != State::kOpening; });
  if (state_ == State::kStanding) return;
  const std::string reason = state_ == State::kEnded ? reason_ : "no tunnel within 60 s";
  lock.unlock();
  closing_ = true;
  thread_.join();
  throw Error(ErrorKind::kUnavailable, reason);
}

SshTunnel::~SshTunnel() {
  closing_ = true;
  thread_.join();
}

bool SshTunnel::stands() {
  const std::lock_guard lock(mutex_);
  return state_ == State::kStanding;
}

void SshTunnel::set(State state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  changed_.notify_all();
}

void SshTunnel::hold(const SshProgram& ssh, pool::SshRoute route, const std::string& pool,
                     const pool::SshForward& forward) {
  std::string reason;
  try {
    // A connection of its own: a forwarding on the shared one would outlive this object.
    route.control_folder.clear();
    const SshLog log(ssh.folder);
    StreamedRun run;
    run.on_output = [this](std::string_view) { set(State::kStanding); };  // "ready": ssh has opened the port before
    run.on_errors = [](std::string_view) {};
    run.ends_now = [this] { return closing_.load(); };
    run.end_by = StreamedRun::EndBy::kClosingInput;
    run_streamed({.program = ssh.path,
                  .arguments = pool::ssh_arguments(route, log.path(), pool::remote_lifeline(), forward),
                  .environment = ssh.environment},
                 run);
    reason = pool::explain_ssh_failure(log.text(), pool, route.target.text()).message;
  } catch (const Error& error) {
    reason = error.what();
  }
  const std::lock_guard lock(mutex_);
  reason_ = reason;
  state_ = State::kEnded;
  changed_.notify_all();
}

}  // namespace rbee::keeper
