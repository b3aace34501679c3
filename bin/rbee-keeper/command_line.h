#pragma once
// The command line: flags, commands, and what is said when it is wrong.

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "keeper.h"

namespace rbee::keeper {

void add_pool_list_commands(CLI::App& pool, Invocation& invocation);  ///< list, add, remove
void add_pool_git_commands(CLI::App& pool, Invocation& invocation);   ///< git pull, status, build
void add_bench_command(CLI::App& app, Invocation& invocation);        ///< bench, bench compare
void add_test_command(CLI::App& app, Invocation& invocation);         ///< test, test diff
void add_infer_command(CLI::App& app, Invocation& invocation);
void add_chat_command(CLI::App& app, Invocation& invocation);
void add_completions_command(CLI::App& app, Invocation& invocation);  ///< `app` is the whole program

/// Builds all of it on `app`.
void build_command_line(CLI::App& app, Invocation& invocation);

/// Flags of the program itself that take a value.
std::vector<std::string> value_flags();

}  // namespace rbee::keeper
