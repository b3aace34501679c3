// worker list, stop, stop-all, logs; spawn is in spawn_command.cc.

#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/near_match.h"
#include "command_line.h"
#include "pool/ids.h"
#include "pool/limits.h"
#include "pool/worker_end.h"
#include "pool/worker_log.h"
#include "pool/worker_stop.h"
#include "spawn_command.h"
#include "worker_view.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kFollowPoll{200};

struct LogFlags {
  std::string id;
  bool follow = false;
  std::size_t lines = 50;
};

// The nearest of all worker ids, for a message.
std::string near_worker(const Hive& hive, const std::string& id) {
  std::vector<std::string> ids;
  for (const wire::WorkerRecord& record : hive.records.list()) ids.push_back(record.worker_id);
  const std::string near = suggestion(id, ids);
  return near.empty() ? "; 'worker list' shows them" : near;
}

wire::WorkerRecord find_worker(const Hive& hive, const std::string& id) {
  pool::check_id(id, "worker id");
  if (auto record = hive.records.find(id)) return *record;
  fail(ErrorKind::kNotFound, "no worker '{}'{}", id, near_worker(hive, id));
}

int list_workers(Hive& hive) {
  std::vector<std::string> damaged;
  const pool::WorkerWorld world = hive.worker_world();
  std::vector<pool::WorkerSighting> workers;
  for (const wire::WorkerRecord& record : hive.records.list(&damaged)) {
    workers.push_back(pool::sight_worker(record, world.get));
    pool::explain_end(workers.back(), world);
  }
  json::array documents;
  for (const pool::WorkerSighting& worker : workers) documents.push_back(worker_document(worker));
  hive.terminal.raw(workers.empty() ? "No workers.\n" : worker_table(workers, hive.terminal));
  for (const std::string& message : damaged) hive.terminal.note(fmt::format("rbee-hive: {}", message));
  hive.terminal.document({{"workers", std::move(documents)}});
  return damaged.empty() ? kDone : kPartlyDone;
}

std::string_view outcome_name(pool::StopOutcome outcome) {
  switch (outcome) {
    case pool::StopOutcome::kStopped:
      return "stopped";
    case pool::StopOutcome::kKilled:
      return "killed";
    case pool::StopOutcome::kAlreadyDead:
      return "already dead";
  }
  return "";
}

int stop_one(Hive& hive, const std::string& id, std::uint32_t timeout_seconds) {
  const wire::WorkerRecord record = find_worker(hive, id);
  hive.terminal.progress(fmt::format("Stopping {} (pid {})", id, record.pid));
  const auto outcome = pool::stop_worker(record, hive.worker_world(), std::chrono::seconds(timeout_seconds));
  hive.terminal.line(fmt::format("Worker {} (pid {}): {}", id, record.pid, outcome_name(outcome)));
  hive.terminal.document({{"worker_id", id}, {"pid", record.pid}, {"outcome", outcome_name(outcome)}});
  return kDone;
}

int stop_all(Hive& hive, std::uint32_t timeout_seconds) {
  json::array documents;
  std::size_t failed = 0;
  const std::vector<wire::WorkerRecord> records = hive.records.list();
  for (const wire::WorkerRecord& record : records) {
    json::object document{{"worker_id", record.worker_id}, {"pid", record.pid}};
    try {
      const auto outcome = pool::stop_worker(record, hive.worker_world(), std::chrono::seconds(timeout_seconds));
      hive.terminal.line(fmt::format("Worker {} (pid {}): {}", record.worker_id, record.pid, outcome_name(outcome)));
      document["outcome"] = outcome_name(outcome);
    } catch (const Error& error) {
      ++failed;
      hive.terminal.note(fmt::format("rbee-hive: {}", error.what()));
      document["outcome"] = "failed";
      document["message"] = error.what();
    }
    documents.push_back(std::move(document));
  }
  if (records.empty()) hive.terminal.line("No workers.");
  hive.terminal.document({{"workers", std::move(documents)}});
  return failed == 0 ? kDone : failed == records.size() ? kFailed : kPartlyDone;
}

int show_log(Hive& hive, const LogFlags& flags) {
  pool::check_id(flags.id, "worker id");
  const std::filesystem::path log = hive.paths.worker_log(flags.id);
  if (flags.follow && hive.terminal.json()) {
    fail(ErrorKind::kBadRequest, "--json prints one document, --follow never ends: give one of them");
  }
  if (!std::filesystem::exists(log)) {
    fail(ErrorKind::kNotFound, "no log of a worker '{}'{}", flags.id, near_worker(hive, flags.id));
  }
  const std::uint64_t size = std::filesystem::file_size(log);
  json::array lines;
  for (const std::string& line : pool::last_log_lines(log, flags.lines)) {
    hive.terminal.line(line);
    lines.push_back(json::string(line));
  }
  hive.terminal.document({{"worker_id", flags.id}, {"lines", std::move(lines)}});
  if (!flags.follow) return kDone;
  const auto alive = [&] {
    const auto record = hive.records.find(flags.id);
    return record && is_alive(pool::process_of(*record));
  };
  pool::follow_log(log, size, kFollowPoll, alive, [&](std::string_view piece) { hive.terminal.raw(piece); });
  return kDone;
}

void add_stop(CLI::App& worker, Invocation& invocation) {
  auto timeout = std::make_shared<std::uint32_t>(pool::kStopDeadline.count());  // shared by parser and command
  auto id = std::make_shared<std::string>();
  CLI::App* stop = worker.add_subcommand("stop", "Stop a worker; returns when it is gone and its port is free");
  stop->add_option("id", *id, "The worker's id")->required();
  stop->footer("\nExample:\n  rbee-hive worker stop worker-cpu-0");
  stop->callback([&invocation, id, timeout] {
    invocation.command = [id, timeout](Hive& hive) { return stop_one(hive, *id, *timeout); };
  });
  CLI::App* all = worker.add_subcommand("stop-all", "Stop every worker of this pool");
  all->footer("\nExample:\n  rbee-hive worker stop-all --timeout 5");
  all->callback(
      [&invocation, timeout] { invocation.command = [timeout](Hive& hive) { return stop_all(hive, *timeout); }; });
  for (CLI::App* command : {stop, all}) {
    command->add_option("--timeout", *timeout, "Seconds to finish requests in before it is killed (default 30)")
        ->check(CLI::Range(0, 3600));
  }
}

}  // namespace

void add_worker_commands(CLI::App& worker, Invocation& invocation) {
  add_spawn_command(worker, invocation);
  CLI::App* list = worker.add_subcommand("list", "The workers with state, memory and uptime");
  list->footer(
      "\nExample:\n  rbee-hive worker list --json\n\n"
      "States: loading, ready, busy, draining; dead: the process is gone, with the last error of its log; unreachable: "
      "it lives but does not answer.");
  list->callback([&invocation] { invocation.command = list_workers; });
  add_stop(worker, invocation);
  CLI::App* logs = worker.add_subcommand("logs", "The end of a worker's log");
  auto flags = std::make_shared<LogFlags>();  // shared by parser and command
  logs->add_option("id", flags->id, "The worker's id")->required();
  logs->add_option("-n,--lines", flags->lines, "How many lines (default 50)")->check(CLI::Range(0, 1'000'000));
  logs->add_flag("-f,--follow", flags->follow, "Go on until the worker ends");
  logs->footer("\nExample:\n  rbee-hive worker logs worker-cpu-0 -f");
  logs->callback([&invocation, flags] { invocation.command = [flags](Hive& hive) { return show_log(hive, *flags); }; });
}

}  // namespace rbee::hive
