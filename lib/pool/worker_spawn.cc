#include "pool/worker_spawn.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>

#include "base/child_process.h"
#include "base/error.h"
#include "base/file_descriptor.h"
#include "base/file_lock.h"
#include "base/port_owner.h"
#include "base/printable.h"
#include "base/random.h"
#include "base/timestamp.h"
#include "pool/ids.h"
#include "pool/limits.h"
#include "pool/port_check.h"
#include "pool/worker_log.h"
#include "pool/worker_records.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

// All that a worker sees of the environment. The hub's tokens are not among it.
const std::vector<std::string_view>& worker_environment() {
  static const std::vector<std::string_view> names = {"PATH",
                                                      "HOME",
                                                      "USER",
                                                      "LANG",
                                                      "LC_ALL",
                                                      "TMPDIR",
                                                      "TZ",
                                                      "LD_LIBRARY_PATH",
                                                      "XDG_CACHE_HOME",
                                                      "XDG_RUNTIME_DIR",
                                                      "RBEE_API_KEY",
                                                      "RBEE_BACKEND_DIR",
                                                      "RBEE_CPU_ISA",
                                                      "CUDA_VISIBLE_DEVICES",
                                                      "CUDA_DEVICE_ORDER",
                                                      "CUDA_CACHE_PATH",
                                                      "NVIDIA_VISIBLE_DEVICES",
                                                      "VK_ICD_FILENAMES",
                                                      "VK_DRIVER_FILES",
                                                      "VK_LAYER_PATH",
                                                      "VK_ADD_LAYER_PATH",
                                                      "VK_INSTANCE_LAYERS",
                                                      "MESA_VK_DEVICE_SELECT",
                                                      "ASAN_OPTIONS",
                                                      "TSAN_OPTIONS",
                                                      "UBSAN_OPTIONS"};
  return names;
}

std::string described(const wire::WorkerRecord& record) {
  return fmt::format("{} (pid {}, model {})", record.worker_id, record.pid, record.model_id);
}

void check_id_free(const WorkerRecords& records, const std::string& id) {
  const std::optional<wire::WorkerRecord> record = records.find(id);
  if (!record || !is_alive(process_of(*record))) return;
  fail(ErrorKind::kUnavailable, "worker {} is alive (pid {}, model {}, port {}): stop it, or give another --id", id,
       record->pid, record->model_id, record->port);
}

std::optional<wire::WorkerRecord> live_worker_on(const std::vector<wire::WorkerRecord>& records, std::uint16_t port) {
  for (const wire::WorkerRecord& record : records) {
    if (record.port == port && is_alive(process_of(record))) return record;
  }
  return std::nullopt;
}

[[noreturn]] void fail_port_taken(const SpawnRequest& request, const std::vector<wire::WorkerRecord>& records,
                                  std::uint16_t port) {
  constexpr std::string_view kAdvice = "give another --port, or --port 0 for a free one";
  if (const auto record = live_worker_on(records, port)) {
    fail(ErrorKind::kUnavailable, "port {} is taken by worker {}: {}", port, described(*record), kAdvice);
  }
  const std::optional<PortOwner> owner = port_owner(request.host, port);
  if (owner && owner->pid != 0) {
    fail(ErrorKind::kUnavailable, "port {} is taken by pid {} ({}): {}", port, owner->pid, printable(owner->name),
         kAdvice);
  }
  if (owner) fail(ErrorKind::kUnavailable, "port {} is taken by another user's process: {}", port, kAdvice);
  fail(ErrorKind::kUnavailable, "cannot listen on port {} of {}: {}", port, printable(request.host), kAdvice);
}

// Under the spawn lock: a worker that was just started may not listen yet, so records count as much as sockets.
std::uint16_t choose_port(const SpawnRequest& request, const std::vector<wire::WorkerRecord>& records) {
  const std::uint16_t first = default_port(request.gpu);
  const auto is_free = [&](std::uint16_t port) {
    const std::optional<wire::WorkerRecord> user = live_worker_on(records, port);
    return (!user || user->host != request.host) && is_port_free(request.host, port);
  };
  if (request.port != std::uint16_t{0}) {
    const std::uint16_t port = request.port.value_or(first);
    if (!is_free(port)) fail_port_taken(request, records, port);
    return port;
  }
  for (std::uint16_t tried = 0; tried < kPortsTriedMax; ++tried) {
    const auto port = static_cast<std::uint16_t>(first + tried);
    if (is_free(port)) return port;
  }
  fail(ErrorKind::kUnavailable, "no free port from {} to {}", first, first + kPortsTriedMax - 1);
}

std::vector<std::string> arguments_for(const SpawnRequest& request, const wire::WorkerRecord& record) {
  std::vector<std::string> arguments = {"--worker-id", record.worker_id,
                                        "--model",     record.model_path,
                                        "--model-id",  record.model_id,
                                        "--backend",   record.backend,
                                        "--gpu",       std::to_string(record.gpu),
                                        "--host",      record.host,
                                        "--port",      std::to_string(record.port),
                                        "--nonce",     record.nonce};
  if (request.context != 0) {
    arguments.push_back("--context");
    arguments.push_back(std::to_string(request.context));
  }
  arguments.insert(arguments.end(), request.more_arguments.begin(), request.more_arguments.end());
  return arguments;
}

[[noreturn]] void fail_with_log(const wire::WorkerRecord& record, const WorkerWorld& world, std::string_view what) {
  const fs::path log = world.paths.worker_log(record.worker_id);
  std::string message = fmt::format("worker {} {}; its log, {}, ends with:", record.worker_id, what, log.string());
  for (const std::string& line : last_log_lines(log, kFailureLogLines)) message += "\n  " + printable(line, 1000);
  throw Error(ErrorKind::kUnavailable, message);
}

// How the worker ended, where this process is its parent and can know.
std::string end_of(int pid) {
  try {
    if (const std::optional<ExitStatus> status = poll_child(pid)) return "ended with " + status->text();
  } catch (const Error&) {
  }
  return "ended";
}

}  // namespace

void check_fit(const SpawnRequest& request, const MemoryEstimate& estimate, std::uint64_t available) {
  if (const auto reason = does_not_fit(estimate, available)) {
    fail(ErrorKind::kExhausted, "{} on {} {}", request.model_id, request.backend, *reason);
  }
}

wire::WorkerRecord start_worker(const SpawnRequest& request, const WorkerWorld& world) {
  const WorkerRecords records(world.paths.workers());
  fs::create_directories(records.folder());
  const FileLock lock(records.folder() / "spawn.lock", kLockWait, world.clock);
  wire::WorkerRecord record;
  record.worker_id = request.worker_id.empty() ? default_worker_id(request.backend, request.gpu) : request.worker_id;
  check_id_free(records, record.worker_id);
  record.port = choose_port(request, records.list());
  record.host = request.host;
  record.backend = request.backend;
  record.gpu = request.gpu;
  record.model_id = request.model_id;
  record.model_path = fs::absolute(request.model_path).string();
  record.nonce = random_hex(16);
  record.version = world.version;
  record.started_at = timestamp(world.clock.wall_now());

  const fs::path log_path = world.paths.worker_log(record.worker_id);
  const FileDescriptor log(
      ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!log.valid()) fail(ErrorKind::kIo, "{}: cannot open: {}", log_path.string(), std::strerror(errno));
  const ProcessIdentity process = start_process({request.program.string(), arguments_for(request, record),
                                                 world.environment.only(worker_environment()), -1, log.get(), log.get(),
                                                 ProcessSpec::Session::kNew});
  record.pid = process.pid;
  record.pid_start_time = process.start_time;
  record.boot_id = process.boot_id;
  try {
    records.write(record);
  } catch (...) {  // a worker that nobody could find again must not stay
    signal_process(process, SIGKILL);
    throw;
  }
  return record;
}

wire::WorkerReadiness wait_until_ready(const wire::WorkerRecord& record, const WorkerWorld& world,
                                       std::chrono::seconds stall, const LoadWatcher& watcher) {
  const WorkerRecords records(world.paths.workers());
  std::uint64_t bytes_done = 0;
  SteadyTime progressed = world.clock.now();
  while (true) {
    const WorkerSnapshot seen = look_at(record, world.get);
    if (!seen.process_alive) {
      const std::string end = end_of(record.pid);
      records.remove(record.worker_id);
      fail_with_log(record, world, end);
    }
    if (seen.health && !is_own_answer(record, *seen.health)) {
      fail_with_log(record, world,
                    fmt::format("is not what answers on port {} (that is pid {})", record.port, seen.health->pid));
    }
    if (seen.readiness) {
      if (seen.readiness->ready) return *seen.readiness;
      watcher(*seen.readiness);
      const std::uint64_t done = seen.readiness->progress ? seen.readiness->progress->bytes_done : 0;
      if (done != bytes_done) progressed = world.clock.now();
      bytes_done = done;
    }
    if (world.clock.now() - progressed > stall) {
      signal_process(process_of(record), SIGKILL);
      records.remove(record.worker_id);
      fail_with_log(record, world, fmt::format("made no progress for {} s and was killed", stall.count()));
    }
    std::this_thread::sleep_for(kReadyPoll);
  }
}

bool lost_its_port(const SpawnRequest& request, const wire::WorkerRecord& record) {
  if (request.port != std::uint16_t{0} || is_port_free(record.host, record.port)) return false;
  for (int polls = 0; polls < kPortLostPollsMax && is_alive(process_of(record)); ++polls) {
    std::this_thread::sleep_for(kReadyPoll);
  }
  return !is_alive(process_of(record));
}

}  // namespace rbee::pool
