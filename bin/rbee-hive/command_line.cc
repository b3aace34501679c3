#include "command_line.h"

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "pool/ids.h"
#include "pool/near_match.h"

namespace rbee::hive {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  rbee-hive models catalog
  rbee-hive models import ./models/demo-qwen
  rbee-hive worker spawn cpu --model demo-qwen
  rbee-hive worker list
  rbee-hive worker stop worker-cpu-0

Exit codes: 0 done, 1 failed, 2 wrong use, 3 partly done.
Files lie under RBEE_HOME (default ~/.rbee); config.toml there has the table [hive].)";

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

bool takes_value(const std::string& flag) {
  return flag == "--models-dir" || flag == "--runtime-dir";
}

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
  add_synth_command(models, invocation);

  CLI::App& worker = *app.add_subcommand("worker", "Worker processes: one per loaded model");
  worker.require_subcommand(1);
  worker.fallthrough();
  add_worker_commands(worker, invocation);
  add_pool_commands(app, invocation);
}

std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* at = &app;
  std::string path = "rbee-hive";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    std::vector<std::string> commands;
    for (const CLI::App* command : at->get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back(command->get_name());
    }
    if (commands.empty() || argument == "--help" || argument == "-h" || argument == "--version") return "";
    if (takes_value(argument)) ++i;
    if (argument.starts_with('-')) continue;
    const CLI::App* next = find_command(*at, argument);
    if (next == nullptr) {
      std::string list;
      for (const std::string& command : commands) list += (list.empty() ? "" : ", ") + command;
      return fmt::format("'{}' is no command of '{}'{}\nCommands: {}", pool::printable(argument, 60), path,
                         pool::suggestion(argument, commands), list);
    }
    at = next;
    path += " " + argument;
  }
  return "";
}

}  // namespace rbee::hive
