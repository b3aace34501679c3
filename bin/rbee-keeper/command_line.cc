#include "command_line.h"

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "passthrough.h"

namespace rbee::keeper {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  rbee pool add workstation ws.home.arpa --user me
  rbee pool models catalog --host workstation
  rbee pool worker spawn cpu --model tinyllama --host workstation
  rbee infer --model tinyllama --prompt "Hello" --host workstation
  rbee test --pools localhost,workstation

A pool is localhost, a name of 'rbee pool list', or any host that ssh reaches without a password.
Exit codes: 0 done, 1 failed, 2 wrong use, 3 partly done, 130 interrupted; 'pool' commands give the pool's own.
Files lie under RBEE_HOME (default ~/.rbee); config.toml there has the tables [keeper] and [pools.NAME].)";

constexpr std::string_view kVerbFooter = R"(
Runs rbee-hive on the pool with these arguments as they are; its output and its exit code are the result.
'rbee pool {0} --help --host H' shows what the pool's own version takes.

Example:
  rbee pool {1} --host workstation)";

struct VerbHelp {
  const char* verb;
  const char* description;
  const char* example;
};

constexpr VerbHelp kVerbs[] = {
    {"models", "The pool's catalog of models, and their files", "models catalog"},
    {"worker", "The pool's worker processes: one per loaded model", "worker spawn cpu --model tinyllama"},
    {"devices", "The pool's processor, memory, GPUs and disk", "devices"},
    {"status", "The pool at a glance: models, workers, memory, disk", "status"},
    {"doctor", "What is missing on the pool, and how to get it", "doctor"},
    {"clean", "Remove the logs of workers that do not run", "clean"},
};

// For help, hints and completions: parse_passthrough() takes these before the parser sees them.
void add_verbs(CLI::App& pool) {
  for (const VerbHelp& verb : kVerbs) {
    CLI::App* command = pool.add_subcommand(verb.verb, verb.description);
    command->prefix_command();
    command->footer(fmt::format(kVerbFooter, verb.verb, verb.example));
  }
}

}  // namespace

void build_command_line(CLI::App& app, Invocation& invocation) {
  app.description("rbee: your pools of models and workers, from where you sit");
  app.footer(std::string(kFooter));
  app.set_version_flag("--version", "rbee " + version());
  app.add_option("--host", invocation.flags.host, "The pool (default: localhost)")->type_name("POOL");
  app.add_flag("--json", invocation.flags.json, "Print one JSON document");
  app.fallthrough();
  app.require_subcommand(1);

  CLI::App& pool = *app.add_subcommand("pool", "Run a pool's own commands, and keep the list of pools");
  pool.require_subcommand(1);
  pool.fallthrough();
  add_verbs(pool);
  add_pool_list_commands(pool, invocation);
  add_pool_git_commands(pool, invocation);
  add_test_command(app, invocation);
  add_bench_command(app, invocation);
  add_infer_command(app, invocation);
  add_chat_command(app, invocation);
  add_completions_command(app, invocation);
}

std::vector<std::string> value_flags() {
  return {"--host",  "--models",  "--backends", "--pools",     "--out",      "--write-support", "--model",
          "--shape", "--layers",  "--backend",  "--threads",   "--cpu-isa",  "--prompt",        "--generate",
          "--depth", "--streams", "--rounds",   "--draft-max", "--peaks-mib"};
}

}  // namespace rbee::keeper
