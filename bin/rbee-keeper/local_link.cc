#include "local_link.h"

#include <unistd.h>

#include "base/error.h"
#include "base/streamed_process.h"
#include "pool/program_search.h"
#include "worker_address.h"

namespace rbee::keeper {
namespace {

std::string program_path(const Keeper& keeper, const PoolCommand& command) {
  if (!command.program.empty()) {
    if (const auto path = pool::find_in_path(command.program, keeper.environment)) return path->string();
    fail(ErrorKind::kUnavailable, "pool 'localhost': no program '{}' in PATH", command.program);
  }
  try {
    return pool::find_hive_program(keeper.own_program, keeper.environment).string();
  } catch (const Error& error) {
    fail(ErrorKind::kUnavailable, "pool 'localhost': {}", error.what());
  }
}

std::string local_folder(const Keeper& keeper, const std::string& folder) {
  if (!folder.starts_with("~/")) return folder;
  return keeper.environment.get("HOME").value_or("") + folder.substr(1);
}

}  // namespace

int LocalLink::run(const PoolCommand& command, const CommandStreams& streams) {
  ProcessSpec spec;
  spec.program = program_path(keeper_, command);
  spec.arguments = command.arguments;
  spec.environment = keeper_.environment.all();
  spec.folder = local_folder(keeper_, command.folder);
  spec.output = STDOUT_FILENO;
  spec.errors = STDERR_FILENO;
  bool ended = false;
  StreamedRun run;
  run.on_output = streams.output;
  run.on_errors = streams.errors;
  run.ends_now = [&] { return ended = ended || (streams.ends_now && streams.ends_now()); };
  const ExitStatus status = run_streamed(std::move(spec), run);
  if (ended) fail(ErrorKind::kCancelled, "stopped");
  return status.signal != 0 ? 128 + status.signal : status.code;
}

std::string LocalLink::worker_origin(const std::string& host, std::uint16_t port) {
  if (reach_of(host) != Reach::kEverywhere) return http_origin(host, port);
  return http_origin(host == "::" ? "::1" : "127.0.0.1", port);
}

}  // namespace rbee::keeper
