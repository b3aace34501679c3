#pragma once
// This machine and this program.

#include <filesystem>
#include <string>

namespace rbee {

/// As gethostname(2) gives it; "localhost" when it has none.
std::string host_name();

/// The file that this process runs; empty where the system does not tell.
std::filesystem::path own_program_path();

}  // namespace rbee
