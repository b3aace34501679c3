// A stand-in for the driver's management library, for tests: what is asked of NVML, answered from the file beside it
// (engine/testing/stand_in_settings.h): `devices`, `memory_bytes` and `free_bytes` of each, `process_bytes` that
// the asking process holds of the first; `error` is what nvmlInit returns.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include <unistd.h>

#include "engine/testing/stand_in_settings.h"

namespace rbee::engine::cuda {

#define RBEE_NVML extern "C" __attribute__((visibility("default"))) int

RBEE_NVML nvmlInit_v2();

namespace {

constexpr int kInvalidArgument = 2, kNotFound = 6, kTooSmall = 7;

struct Process {
  unsigned int pid;
  unsigned long long bytes;
  unsigned int gpu_instance, compute_instance;
};
struct Memory {
  unsigned long long total, free, used;
};

std::uint64_t setting(const std::string& name, std::uint64_t otherwise) {
  static const std::map<std::string, std::uint64_t> kSettings =
      settings_beside(reinterpret_cast<const void*>(&nvmlInit_v2));
  const auto found = kSettings.find(name);
  return found == kSettings.end() ? otherwise : found->second;
}

// A handle is the device's number and one.
void* handle_of(std::uint64_t index) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(index + 1));
}

std::uint64_t index_of(void* device) {
  return reinterpret_cast<std::uintptr_t>(device) - 1;
}

}  // namespace

RBEE_NVML nvmlInit_v2() {
  return static_cast<int>(setting("error", 0));
}
RBEE_NVML nvmlShutdown() {
  return 0;
}
RBEE_NVML nvmlSystemGetDriverVersion(char* version, unsigned int length) {
  std::snprintf(version, length, "emulated");
  return 0;
}
RBEE_NVML nvmlDeviceGetCount_v2(unsigned int* count) {
  *count = static_cast<unsigned int>(setting("devices", 1));
  return 0;
}
RBEE_NVML nvmlDeviceGetHandleByIndex_v2(unsigned int index, void** device) {
  if (index >= setting("devices", 1)) return kInvalidArgument;
  *device = handle_of(index);
  return 0;
}
RBEE_NVML nvmlDeviceGetHandleByPciBusId_v2(const char* address, void** device) {
  for (std::uint64_t i = 0; i < setting("devices", 1); ++i) {
    char expected[32];
    std::snprintf(expected, sizeof expected, "00000000:%02X:00.0", static_cast<unsigned>(i));
    if (std::strcmp(address, expected) != 0) continue;
    *device = handle_of(i);
    return 0;
  }
  return kNotFound;
}
RBEE_NVML nvmlDeviceGetName(void* device, char* name, unsigned int length) {
  const std::uint64_t index = index_of(device);
  std::snprintf(name, length, "%s", ("emulated device" + (index == 0 ? "" : " " + std::to_string(index))).c_str());
  return 0;
}
RBEE_NVML nvmlDeviceGetMemoryInfo(void*, Memory* memory) {
  memory->total = setting("memory_bytes", std::uint64_t{1} << 30);
  memory->free = setting("free_bytes", memory->total);
  memory->used = memory->total - memory->free;
  return 0;
}
RBEE_NVML nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned int* count, Process* processes) {
  const unsigned int room = *count;
  *count = 2;
  if (room < 2) return kTooSmall;
  const auto own = static_cast<unsigned int>(::getpid());
  processes[0] = {own + 1, 999, 0, 0};
  processes[1] = {own, index_of(device) == 0 ? setting("process_bytes", 3) : 0, 0, 0};
  return 0;
}

}  // namespace rbee::engine::cuda
