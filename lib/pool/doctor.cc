#include "pool/doctor.h"

#include <fmt/format.h>

#include "base/units.h"

namespace rbee::pool {
namespace {

using Level = DoctorCheck::Level;

constexpr std::uint64_t kDiskHintBytes = 20'000'000'000;   // the largest known model has 16 GB
constexpr std::uint64_t kMemoryHintBytes = 2'000'000'000;  // qwen-0.5b with its cache

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

DoctorCheck check_files(const DoctorFindings& found) {
  if (!found.home_problem.empty()) {
    return {Level::kProblem, "home", found.home_problem, "make the folder writable, or set RBEE_HOME to another"};
  }
  if (!found.catalog_problem.empty()) {
    return {Level::kProblem, "catalog", found.catalog_problem,
            "correct the file, or move it away: a fresh one follows"};
  }
  return {Level::kGood, "files", found.home + " is writable, the catalog reads", ""};
}

DoctorCheck check_gpu(const char* name, const std::string& reason) {
  if (reason.empty()) return {Level::kGood, name, "has devices", ""};
  return {Level::kHint, name, reason, "only needed for workers on this backend"};
}

DoctorCheck check_program(const char* name, bool there, const char* use, const char* remedy) {
  if (there) return {Level::kGood, name, "found", ""};
  return {Level::kHint, name, fmt::format("not found: {}", use), remedy};
}

}  // namespace

std::vector<DoctorCheck> diagnose(const DoctorFindings& found) {
  std::vector<DoctorCheck> checks;
  if (found.worker_program) {
    checks.push_back({Level::kGood, "worker program", *found.worker_program, ""});
  } else {
    checks.push_back({Level::kProblem, "worker program", found.worker_reason, "build it with 'make build'"});
  }
  checks.push_back(check_files(found));
  const bool little_disk = found.disk_free_bytes < kDiskHintBytes;
  checks.push_back({little_disk ? Level::kHint : Level::kGood, "disk", human_bytes(found.disk_free_bytes) + " free",
                    little_disk ? "large models need up to 16 GB: free space, or set models_dir in config.toml" : ""});
  const bool little_memory = found.memory_available_bytes < kMemoryHintBytes;
  checks.push_back({little_memory ? Level::kHint : Level::kGood, "memory",
                    human_bytes(found.memory_available_bytes) + " available",
                    little_memory ? "the smallest known model needs about 2 GB: stop other programs" : ""});
  if (found.models_on_disk == 0) {
    checks.push_back({Level::kHint, "models", "none on disk", "'models download ID' or 'models import PATH'"});
  } else {
    checks.push_back({Level::kGood, "models", fmt::format("{} on disk", found.models_on_disk), ""});
  }
  if (!found.missing_models.empty()) {
    checks.push_back({Level::kProblem, "model files", "gone: " + joined(found.missing_models),
                      "'models delete ID' or 'models unregister ID', or put the files back"});
  }
  if (!found.dead_workers.empty()) {
    checks.push_back({Level::kHint, "workers", "dead: " + joined(found.dead_workers),
                      "'worker logs ID' says why; 'worker stop ID' removes the record"});
  }
  checks.push_back(check_gpu("cuda", found.cuda_reason));
  checks.push_back(check_gpu("vulkan", found.vulkan_reason));
  checks.push_back(
      check_program("ssh", found.has_ssh, "other pools cannot be reached from here", "install openssh-client"));
  checks.push_back(
      check_program("hf", found.has_hf, "only needed for downloads with --via hf", "pip install huggingface_hub"));
  return checks;
}

}  // namespace rbee::pool
