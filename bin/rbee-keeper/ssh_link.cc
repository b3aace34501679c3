#include "ssh_link.h"

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/near_match.h"
#include "net/client/http_client.h"
#include "pool/program_search.h"
#include "pool/ssh/remote_command.h"
#include "pool/ssh/ssh_failure.h"
#include "worker_address.h"

namespace rbee::keeper {
namespace {

constexpr std::chrono::seconds kDirectTimeout{3};

SshProgram find_ssh(const Keeper& keeper) {
  std::string path = keeper.config.ssh.string();
  if (path.empty()) {
    const auto found = pool::find_in_path("ssh", keeper.environment);
    if (!found)
      fail(ErrorKind::kNotFound, "no ssh in PATH: install OpenSSH's client, or set keeper.ssh in config.toml");
    path = found->string();
  }
  return {path, keeper.environment.all(), make_ssh_folder(keeper.home)};
}

pool::SshRoute make_route(const Keeper& keeper, const pool::KnownPool& pool, const SshProgram& ssh) {
  const std::filesystem::path config = keeper.environment.get("RBEE_SSH_CONFIG").value_or(keeper.config.ssh_config);
  const std::string target = pool.user.empty() ? pool.host : pool.user + "@" + pool.host;
  return {pool::parse_ssh_target(target), pool.port, config, ssh.folder};
}

// ssh makes the descriptors that it inherits non-blocking for all who share them, so it never gets this process's own.
std::function<void(std::string_view)> or_own(const std::function<void(std::string_view)>& sink, int descriptor) {
  if (sink) return sink;
  return [descriptor](std::string_view bytes) { write_all(descriptor, bytes); };
}

// Standard error on its way, without the line that says that there is no program.
class ErrorRelay {
 public:
  explicit ErrorRelay(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

  void take(std::string_view piece) {
    held_.append(piece);
    if (mark().starts_with(held_)) return;  // may still become the line
    if (says_no_program()) return;
    flush();
  }
  bool says_no_program() const { return held_.ends_with(mark()); }
  void flush() {
    if (!held_.empty()) sink_(held_);
    held_.clear();
  }

 private:
  static const std::string& mark() {
    static const std::string line = std::string(pool::kNoProgram) + "\n";
    return line;
  }
  const std::function<void(std::string_view)> sink_;
  std::string held_;
};

bool answers(const std::string& origin) {
  net::HttpClient client;
  net::ClientRequest request;
  request.url = origin + "/health";
  request.connect_timeout = kDirectTimeout;
  request.total_timeout = kDirectTimeout;
  try {
    client.fetch(request);
    return true;
  } catch (const Error&) {
    return false;  // a firewall, or another network: the tunnel remains
  }
}

}  // namespace

SshLink::SshLink(const Keeper& keeper, pool::KnownPool pool)
    : keeper_(keeper), pool_(std::move(pool)), ssh_(find_ssh(keeper)), route_(make_route(keeper, pool_, ssh_)) {}

std::vector<std::string> SshLink::candidates(const PoolCommand& command) const {
  if (!command.program.empty()) return {command.program};
  if (!pool_.hive.empty()) return {pool_.hive};
  return {"rbee-hive", "~/.local/bin/rbee-hive", "~/.rbee/bin/rbee-hive"};
}

void SshLink::fail_without_program(const PoolCommand& command) const {
  if (!command.program.empty()) {
    fail(ErrorKind::kUnavailable, "pool '{}': no program '{}' in PATH over there", pool_.name, command.program);
  }
  if (!pool_.hive.empty()) {
    fail(ErrorKind::kUnavailable, "pool '{}': no rbee-hive at {} over there, where config.toml says it is", pool_.name,
         pool_.hive);
  }
  fail(ErrorKind::kUnavailable,
       "pool '{}': no rbee-hive over there, neither in PATH nor in ~/.local/bin or ~/.rbee/bin: install rbee there, or "
       "set 'hive' in the table [pools.\"{}\"] of config.toml to its path",
       pool_.name, pool_.name);
}

int SshLink::run(const PoolCommand& command, const CommandStreams& streams) {
  const std::string line = pool::remote_command_line({candidates(command), command.arguments, command.folder});
  const SshLog log(ssh_.folder);
  ErrorRelay errors(or_own(streams.errors, STDERR_FILENO));
  bool ended = false;
  StreamedRun run;
  run.on_output = or_own(streams.output, STDOUT_FILENO);
  run.on_errors = [&](std::string_view piece) { errors.take(piece); };
  run.ends_now = [&] { return ended = ended || (streams.ends_now && streams.ends_now()); };
  run.end_by = StreamedRun::EndBy::kClosingInput;
  const ExitStatus status = run_streamed({.program = ssh_.path,
                                          .arguments = pool::ssh_arguments(route_, log.path(), line),
                                          .environment = ssh_.environment},
                                         run);
  if (ended) fail(ErrorKind::kCancelled, "stopped");
  if (status.code == pool::kNoProgramExit && errors.says_no_program()) fail_without_program(command);
  errors.flush();
  const std::string words = status.code == pool::kSshFailed ? log.text() : "";
  if (!words.empty()) {
    const pool::SshFailure failure = pool::explain_ssh_failure(words, pool_.name, route_.target.text());
    const bool unknown = failure.kind == pool::SshFailureKind::kUnknownHost;
    throw Error(ErrorKind::kUnavailable,
                failure.message + (unknown ? suggestion(pool_.name, keeper_.config.names()) : ""));
  }
  if (status.signal != 0) fail(ErrorKind::kUnavailable, "pool '{}': ssh ended by {}", pool_.name, status.text());
  return status.code;
}

std::string SshLink::worker_origin(const std::string& host, std::uint16_t port) {
  const Reach reach = reach_of(host);
  if (reach == Reach::kLoopback) return tunnel_origin(host, port);
  const std::string direct = http_origin(reach == Reach::kEverywhere ? route_.target.host() : host, port);
  if (answers(direct)) return direct;
  return tunnel_origin(reach == Reach::kEverywhere ? "localhost" : host, port);
}

std::string SshLink::tunnel_origin(const std::string& host, std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<SshTunnel>& tunnel = tunnels_[http_origin(host, port)];
  if (tunnel == nullptr || !tunnel->stands()) {
    tunnel = std::make_unique<SshTunnel>(ssh_, route_, pool_.name, host, port);
  }
  return http_origin("127.0.0.1", tunnel->local_port());
}

}  // namespace rbee::keeper
