#pragma once
// The command line: flags, commands, and what is said when it is wrong.

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "hive.h"

namespace rbee::hive {

void add_catalog_commands(CLI::App& models, Invocation& invocation);  ///< catalog, list, info
void add_model_commands(CLI::App& models, Invocation& invocation);    ///< register, unregister, import, delete
void add_verify_command(CLI::App& models, Invocation& invocation);
void add_download_command(CLI::App& models, Invocation& invocation);
void add_expected_command(CLI::App& models, Invocation& invocation);
void add_synth_command(CLI::App& models, Invocation& invocation);
void add_worker_commands(CLI::App& worker, Invocation& invocation);  ///< spawn, list, stop, stop-all, logs
void add_devices_command(CLI::App& app, Invocation& invocation);
void add_peaks_command(CLI::App& app, Invocation& invocation);
void add_pool_commands(CLI::App& app, Invocation& invocation);  ///< devices, status, doctor, clean
void add_completions_command(CLI::App& app, Invocation& invocation);

/// Builds all of it on `app`.
void build_command_line(CLI::App& app, Invocation& invocation);

/// Flags of the program itself that take a value.
std::vector<std::string> value_flags();

}  // namespace rbee::hive
