#include "engine/backend/cuda/process_memory.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <dlfcn.h>

#include "base/process_info.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

// The few declarations of NVML that are used. Source: NVML API Reference Guide, nvml.h. All functions return 0 for
// success.
struct NvmlProcess {  // nvmlProcessInfo_t, as _v2 and _v3 of the function fill it
  unsigned int pid;
  unsigned long long bytes;  // all ones: not known
  unsigned int gpu_instance, compute_instance;
};
using NvmlDevice = void*;

class Nvml {
 public:
  explicit Nvml(const std::string& library) : library_(::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) return;
    find(init_, "nvmlInit_v2");
    find(shutdown_, "nvmlShutdown");
    find(device_at_, "nvmlDeviceGetHandleByPciBusId_v2");
    find(processes_, "nvmlDeviceGetComputeRunningProcesses_v3");
    if (processes_ == nullptr) find(processes_, "nvmlDeviceGetComputeRunningProcesses_v2");
    started_ = init_ && shutdown_ && device_at_ && processes_ && init_() == 0;
  }
  ~Nvml() {
    if (started_) shutdown_();
    if (library_ != nullptr) ::dlclose(library_);
  }
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::vector<NvmlProcess> processes(const std::string& pci_address) const {
    NvmlDevice device = nullptr;
    if (!started_ || device_at_(pci_address.c_str(), &device) != 0) return {};
    std::vector<NvmlProcess> found(kDeviceProcessesMax);
    auto count = static_cast<unsigned int>(found.size());
    if (processes_(device, &count, found.data()) != 0) return {};
    found.resize(std::min<std::size_t>(count, found.size()));
    return found;
  }

 private:
  template <typename Function>
  void find(Function*& function, const char* name) const {
    function = reinterpret_cast<Function*>(::dlsym(library_, name));
  }

  void* const library_;
  int (*init_)() = nullptr;
  int (*shutdown_)() = nullptr;
  int (*device_at_)(const char* pci_address, NvmlDevice* device) = nullptr;
  int (*processes_)(NvmlDevice device, unsigned int* count, NvmlProcess* processes) = nullptr;
  bool started_ = false;
};

}  // namespace

std::uint64_t process_memory(const std::string& library, const std::string& pci_address) {
  constexpr auto kNotKnown = std::numeric_limits<unsigned long long>::max();
  std::uint64_t bytes = 0;
  for (const NvmlProcess& process : Nvml(library).processes(pci_address)) {
    if (process.pid == static_cast<unsigned>(own_pid()) && process.bytes != kNotKnown) bytes += process.bytes;
  }
  return bytes;
}

}  // namespace rbee::engine::cuda
