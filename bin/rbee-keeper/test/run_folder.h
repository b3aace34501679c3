#pragma once
// Where runs are kept: <home>/runs/<time>/ with results.jsonl, junit.xml and MODEL_SUPPORT.md.

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "matrix/results.h"

namespace rbee::keeper {

/// A new folder named by the time, "2026-11-22T19-15-42Z"; with "-2" and so on when there is one. Throws Error{kIo}.
std::filesystem::path make_run_folder(const std::filesystem::path& runs, WallTime now);

/// Reads a results.jsonl, or the one in a folder. Throws Error: kNotFound, kBadFile, kUnsupported.
matrix::Run read_run(const std::filesystem::path& file_or_folder);

/// What was last seen of every cell in the runs before: the newest record with evidence of each. Nothing when there is
/// none. Runs that cannot be read are passed over.
std::optional<matrix::Run> last_seen(const std::filesystem::path& runs);

/// Writes the run's files into `folder`, each atomically. Throws Error{kIo, kExhausted}.
void write_run(const std::filesystem::path& folder, const matrix::Run& run);

}  // namespace rbee::keeper
