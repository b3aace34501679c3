// status, doctor, clean.

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/memory.h"
#include "base/printable.h"
#include "base/units.h"
#include "command_line.h"
#include "disk_space.h"
#include "pool/device/gpu_device.h"
#include "pool/doctor.h"
#include "pool/ids.h"
#include "pool/program_search.h"
#include "pool/runtime_clean.h"
#include "pool/worker_end.h"
#include "worker_view.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;

int show_status(Hive& hive) {
  const wire::Catalog catalog = hive.catalog.load();
  const auto on_disk = static_cast<std::size_t>(
      std::count_if(catalog.models.begin(), catalog.models.end(), [](const auto& model) { return model.downloaded; }));
  const pool::WorkerWorld world = hive.worker_world();
  std::vector<pool::WorkerSighting> workers;
  json::array documents;
  for (const wire::WorkerRecord& record : hive.records.list()) {
    workers.push_back(pool::sight_worker(record, world.get));
    pool::explain_end(workers.back(), world);
    documents.push_back(worker_document(workers.back()));
  }
  const DiskSpace disk = disk_space(hive.paths.models);
  hive.terminal.line(fmt::format("Pool      {} (rbee-hive {})", printable(catalog.pool_id), version()));
  hive.terminal.line(fmt::format("Home      {}", hive.paths.home.string()));
  hive.terminal.line(fmt::format("Models    {} on disk of {} in the catalog", on_disk, catalog.models.size()));
  hive.terminal.line(fmt::format("Memory    {} available", human_bytes(available_memory_bytes())));
  hive.terminal.line(fmt::format("Disk      {} free in {}", human_bytes(disk.free_bytes), disk.folder.string()));
  hive.terminal.line(fmt::format("Workers   {}", workers.size()));
  if (!workers.empty()) hive.terminal.raw(worker_table(workers, hive.terminal));
  hive.terminal.document({{"pool_id", catalog.pool_id},
                          {"version", version()},
                          {"home", hive.paths.home.string()},
                          {"models_dir", hive.paths.models.string()},
                          {"runtime_dir", hive.paths.runtime.string()},
                          {"models_on_disk", on_disk},
                          {"models_known", catalog.models.size()},
                          {"memory_available_bytes", available_memory_bytes()},
                          {"disk_free_bytes", disk.free_bytes},
                          {"workers", std::move(documents)}});
  return kDone;
}

// Why nothing can be written under the home; empty when it can.
std::string home_problem(const std::filesystem::path& home) {
  std::error_code error;
  std::filesystem::create_directories(home, error);
  if (error) return fmt::format("{}: cannot create: {}", home.string(), error.message());
  return ::access(home.c_str(), W_OK | X_OK) == 0 ? "" : fmt::format("{}: not writable", home.string());
}

pool::DoctorFindings look_around(const Hive& hive) {
  pool::DoctorFindings found;
  try {
    found.worker_program = pool::find_worker_program(hive.own_program, hive.config, hive.environment).string();
  } catch (const Error& error) {
    found.worker_reason = error.what();
  }
  found.home = hive.paths.home.string();
  found.home_problem = home_problem(hive.paths.home);
  try {
    for (const wire::CatalogModel& model : hive.catalog.load().models) {
      if (!model.downloaded) continue;
      ++found.models_on_disk;
      if (!std::filesystem::exists(hive.catalog.model_path(model))) found.missing_models.push_back(model.id);
    }
  } catch (const Error& error) {
    found.catalog_problem = error.what();
  }
  for (const wire::WorkerRecord& record : hive.records.list()) {
    if (!is_alive(pool::process_of(record))) found.dead_workers.push_back(record.worker_id);
  }
  found.disk_free_bytes = disk_space(hive.paths.models).free_bytes;
  found.memory_available_bytes = available_memory_bytes();
  found.cuda_reason = pool::probe_cuda().reason;
  found.vulkan_reason = pool::probe_vulkan().reason;
  found.has_ssh = pool::find_in_path("ssh", hive.environment).has_value();
  found.has_hf = pool::find_in_path("hf", hive.environment).has_value();
  return found;
}

int run_doctor(Hive& hive) {
  using Level = pool::DoctorCheck::Level;
  json::array documents;
  std::size_t problems = 0;
  for (const pool::DoctorCheck& check : pool::diagnose(look_around(hive))) {
    const bool problem = check.level == Level::kProblem;
    problems += problem ? 1 : 0;
    const std::string mark = check.level == Level::kGood ? hive.terminal.coloured("✓", Colour::kGreen)
                             : problem                   ? hive.terminal.coloured("✗", Colour::kRed)
                                                         : hive.terminal.coloured("-", Colour::kYellow);
    hive.terminal.line(fmt::format("{} {}{}", mark, padded(check.name, 16), check.message));
    if (!check.remedy.empty()) hive.terminal.line(fmt::format("{}→ {}", std::string(18, ' '), check.remedy));
    documents.push_back({{"name", check.name},
                         {"level", check.level == Level::kGood ? "good"
                                   : problem                   ? "problem"
                                                               : "hint"},
                         {"message", check.message},
                         {"remedy", check.remedy}});
  }
  hive.terminal.document({{"problems", problems}, {"checks", std::move(documents)}});
  return problems == 0 ? kDone : kFailed;
}

int clean(Hive& hive) {
  const pool::CleanReport report = pool::clean_runtime(hive.paths.workers());
  json::array removed;
  for (const auto& path : report.removed) {
    hive.terminal.line("Removed " + path.string());
    removed.push_back(json::string(path.string()));
  }
  hive.terminal.line(fmt::format("{} logs removed, {} freed", report.removed.size(), human_bytes(report.bytes)));
  hive.terminal.document({{"removed", std::move(removed)}, {"bytes", report.bytes}});
  return kDone;
}

}  // namespace

void add_pool_commands(CLI::App& app, Invocation& invocation) {
  add_devices_command(app, invocation);
  CLI::App* status = app.add_subcommand("status", "The pool at a glance: models, workers, memory, disk");
  status->footer("\nExample:\n  rbee-hive status");
  status->callback([&invocation] { invocation.command = show_status; });
  CLI::App* doctor = app.add_subcommand("doctor", "What is missing here, and how to get it; exit code 1 on a problem");
  doctor->footer("\nExample:\n  rbee-hive doctor");
  doctor->callback([&invocation] { invocation.command = run_doctor; });
  CLI::App* clean_command = app.add_subcommand("clean", "Remove the logs of workers that do not run");
  clean_command->footer(
      "\nRecords, models, the catalog and the logs of live workers stay.\n\nExample:\n  rbee-hive clean");
  clean_command->callback([&invocation] { invocation.command = clean; });
}

}  // namespace rbee::hive
