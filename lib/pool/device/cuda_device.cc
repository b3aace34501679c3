#include <algorithm>

#include <fmt/format.h>

#include "pool/device/gpu_device.h"
#include "pool/device/shared_library.h"

namespace rbee::pool {
namespace {

// The few declarations of NVML that are used. Source: NVML API Reference Guide, nvml.h. All functions return 0 for
// success.
struct NvmlMemory {
  unsigned long long total, free, used;
};
using NvmlDevice = void*;
using NvmlInit = int();
using NvmlShutdown = int();
using NvmlDriverVersion = int(char* version, unsigned int length);
using NvmlCount = int(unsigned int* count);
using NvmlHandle = int(unsigned int index, NvmlDevice* device);
using NvmlName = int(NvmlDevice device, char* name, unsigned int length);
using NvmlMemoryInfo = int(NvmlDevice device, NvmlMemory* memory);

constexpr unsigned int kGpusMax = 256;

struct Nvml {
  explicit Nvml(const SharedLibrary& library)
      : init(library.function<NvmlInit>("nvmlInit_v2")),
        shutdown(library.function<NvmlShutdown>("nvmlShutdown")),
        driver_version(library.function<NvmlDriverVersion>("nvmlSystemGetDriverVersion")),
        count(library.function<NvmlCount>("nvmlDeviceGetCount_v2")),
        handle(library.function<NvmlHandle>("nvmlDeviceGetHandleByIndex_v2")),
        name(library.function<NvmlName>("nvmlDeviceGetName")),
        memory(library.function<NvmlMemoryInfo>("nvmlDeviceGetMemoryInfo")) {}
  bool complete() const { return init && shutdown && driver_version && count && handle && name && memory; }

  NvmlInit* init;
  NvmlShutdown* shutdown;
  NvmlDriverVersion* driver_version;
  NvmlCount* count;
  NvmlHandle* handle;
  NvmlName* name;
  NvmlMemoryInfo* memory;
};

GpuProbe list_devices(const Nvml& nvml) {
  GpuProbe probe;
  char driver[96] = "";
  nvml.driver_version(driver, sizeof driver);
  unsigned int count = 0;
  nvml.count(&count);
  for (unsigned int i = 0; i < std::min(count, kGpusMax); ++i) {
    NvmlDevice device = nullptr;
    char name[96] = "";
    NvmlMemory memory{};
    if (nvml.handle(i, &device) != 0) continue;  // a GPU of another user, or one that fell off the bus
    nvml.name(device, name, sizeof name);
    nvml.memory(device, &memory);
    probe.devices.push_back({i, name, "discrete", driver, memory.total, memory.free});
  }
  if (probe.devices.empty()) probe.reason = fmt::format("the NVIDIA driver {} shows no GPU", driver);
  return probe;
}

}  // namespace

GpuProbe probe_cuda() {
  const SharedLibrary library("libnvidia-ml.so.1");
  if (!library.loaded()) return {{}, fmt::format("no NVIDIA driver: {}", library.reason())};
  const Nvml nvml(library);
  if (!nvml.complete()) return {{}, "the NVIDIA driver is too old: its management library lacks functions"};
  if (const int error = nvml.init())
    return {{}, fmt::format("the NVIDIA driver does not start (NVML error {})", error)};
  GpuProbe probe = list_devices(nvml);
  nvml.shutdown();
  return probe;
}

}  // namespace rbee::pool
