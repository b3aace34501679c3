#pragma once
// What a pool lacks, and how to get it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rbee::pool {

/// What was found on the machine.
struct DoctorFindings {
  std::optional<std::string> worker_program;  ///< its path
  std::string worker_reason;                  ///< why there is none
  std::string home, home_problem;             ///< home_problem: empty when files can be written there
  std::string catalog_problem;                ///< empty when it reads
  std::uint64_t disk_free_bytes = 0;
  std::uint64_t memory_available_bytes = 0;
  std::size_t models_on_disk = 0;
  std::vector<std::string> missing_models;  ///< in the catalog as downloaded, but their files are gone
  std::vector<std::string> dead_workers;
  std::string cuda_reason, vulkan_reason;  ///< empty: there are devices
  bool has_ssh = false, has_hf = false;
};

struct DoctorCheck {
  enum class Level { kGood, kHint, kProblem } level = Level::kGood;
  std::string name;
  std::string message;
  std::string remedy;  ///< empty when nothing is to be done
};

/// Pure: one check per line, problems are what keeps a worker from starting.
std::vector<DoctorCheck> diagnose(const DoctorFindings& found);

}  // namespace rbee::pool
