#include "command_line.h"

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace rbee::hive {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  rbee-hive models catalog
  rbee-hive models download tinyllama
  rbee-hive models import ./models/demo-qwen
  rbee-hive worker spawn cpu --model demo-qwen
  rbee-hive worker list
  rbee-hive worker stop worker-cpu-0

Exit codes: 0 done, 1 failed, 2 wrong use, 3 partly done.
Files lie under RBEE_HOME (default ~/.rbee); config.toml there has the table [hive].)";

}  // namespace

void build_command_line(CLI::App& app, Invocation& invocation) {
  app.description("rbee-hive: the models and workers of this machine");
  app.footer(std::string(kFooter));
  app.set_version_flag("--version", "rbee-hive " + version());
  app.add_option("--models-dir", invocation.flags.models_dir, "Folder of the models and their catalog")
      ->type_name("DIR");
  app.add_option("--runtime-dir", invocation.flags.runtime_dir, "Folder of worker records and logs")->type_name("DIR");
  app.add_flag("--json", invocation.flags.json, "Print one JSON document");
  app.fallthrough();
  app.require_subcommand(1);

  CLI::App& models = *app.add_subcommand("models", "The catalog of models, and their files");
  models.require_subcommand(1);
  models.fallthrough();
  add_catalog_commands(models, invocation);
  add_model_commands(models, invocation);
  add_download_command(models, invocation);
  add_verify_command(models, invocation);
  add_expected_command(models, invocation);
  add_synth_command(models, invocation);

  CLI::App& worker = *app.add_subcommand("worker", "Worker processes: one per loaded model");
  worker.require_subcommand(1);
  worker.fallthrough();
  add_worker_commands(worker, invocation);
  add_pool_commands(app, invocation);
  add_completions_command(app, invocation);
  add_peaks_command(app, invocation);
}

std::vector<std::string> value_flags() {
  return {"--models-dir", "--runtime-dir"};
}

}  // namespace rbee::hive
