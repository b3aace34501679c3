// The driver's functions over the host's memory. Work on a stream is done at once, unless the stream is being captured.

#include "engine/backend/cuda/emulation/emulated_driver.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>

#include "base/error.h"
#include "engine/backend/cuda/driver_api.h"
#include "engine/backend/cuda/emulation/kernel_table.h"
#include "engine/testing/stand_in_settings.h"

namespace rbee::engine::cuda {

extern "C" __attribute__((visibility("default"))) EmulatedDriver* rbee_emulated_driver();

// What the API's handles stand for.
struct CuContextTag {
  CuDevice device = 0;
};
struct CuModuleTag {};
struct CuEventTag {};
struct CuFunctionTag {
  const simt::Kernel* kernel = nullptr;
};
struct CuGraphTag {
  std::vector<std::function<CuResult()>> work;
};
struct CuGraphExecTag {
  std::vector<std::function<CuResult()>> work;
};
struct CuStreamTag {
  std::unique_ptr<CuGraphTag> capture;
};

namespace {

constexpr CuResult kNotInitialized = 3, kInvalidDevice = 101, kInvalidContext = 201, kInvalidHandle = 400,
                   kLaunchFailed = 719, kCaptureUnsupported = 900, kCaptureInvalidated = 901;
constexpr std::uint64_t kAlignment = 256;

EmulatedDriver driver_of_settings() {
  EmulatedDriver driver;
  const auto settings = settings_beside(reinterpret_cast<const void*>(&rbee_emulated_driver));
  const auto number = [&](const char* name, auto& value) {
    const auto found = settings.find(name);
    if (found != settings.end()) value = static_cast<std::remove_reference_t<decltype(value)>>(found->second);
  };
  EmulatedDriver::Device& device = driver.devices.front();
  number("memory_bytes", device.memory_bytes);
  number("capability", device.capability);
  std::size_t devices = 1;
  number("devices", devices);
  driver.devices.resize(devices, device);
  for (std::size_t i = 1; i < devices; ++i) {
    driver.devices[i].name += " " + std::to_string(i);
    driver.devices[i].pci_bus = static_cast<int>(i);
  }
  number("version", driver.version);
  number("init_error", driver.init_error);
  number("image_error", driver.image_error);
  number("failing_launch", driver.failing_launch);
  number("launch_error", driver.launch_error);
  return driver;
}

struct Library {
  EmulatedDriver control = driver_of_settings();
  bool is_initialized = false;
  std::vector<std::function<void()>> held_copies;
  std::map<CuAddress, std::uint64_t> allocations;  // address and bytes
  std::map<const simt::Kernel*, std::unique_ptr<CuFunctionTag>> functions;
};

Library& library() {
  static Library the_library;
  return the_library;
}

thread_local CuContext current = nullptr;

EmulatedDriver& control() {
  return library().control;
}

/// What every function says first: the device is lost, or the calling thread uses none.
CuResult state() {
  if (control().is_lost) return control().launch_error;
  if (!library().is_initialized) return kNotInitialized;
  return current == nullptr ? kInvalidContext : kCuSuccess;
}

const EmulatedDriver::Device* device_at(CuDevice device) {
  const auto& devices = control().devices;
  return device >= 0 && static_cast<std::size_t>(device) < devices.size() ? &devices[static_cast<std::size_t>(device)]
                                                                          : nullptr;
}

/// Whether the bytes lie in one allocation.
bool is_allocated(CuAddress address, std::size_t bytes) {
  const auto after = library().allocations.upper_bound(address);
  if (after == library().allocations.begin()) return false;
  const auto& [begin, size] = *std::prev(after);
  return bytes <= size && address - begin <= size - bytes;
}

template <typename T, typename... Arguments>
T* make(Arguments&&... arguments) {
  ++control().objects;
  return std::make_unique<T>(std::forward<Arguments>(arguments)...).release();
}

template <typename T>
CuResult destroy(T* object) {
  if (object == nullptr) return kInvalidHandle;
  --control().objects;
  std::default_delete<T>()(object);
  return kCuSuccess;
}

std::byte* host_address(CuAddress address) {
  return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(address));
}

CuResult run_kernel(const simt::Kernel& kernel, simt::Grid grid, const void* args) {
  EmulatedDriver& driver = control();
  ++driver.launches;
  if (driver.failing_launch != 0 && --driver.failing_launch == 0) {
    driver.is_lost = true;
    return driver.launch_error;
  }
  try {
    simt::run(kernel, grid, args, driver.turns);
    return kCuSuccess;
  } catch (const Error&) {
    driver.is_lost = true;
    return kLaunchFailed;
  }
}

void finish_held_copies() {
  for (const auto& copy : library().held_copies) copy();
  library().held_copies.clear();
  control().held_copies = 0;
}

/// Does the work, or writes it down where the stream is being captured.
CuResult submit(CuStream stream, std::function<CuResult()> work) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  if (stream == nullptr) return kInvalidHandle;
  if (!stream->capture) {
    finish_held_copies();
    return work();
  }
  stream->capture->work.push_back(std::move(work));
  return kCuSuccess;
}

}  // namespace

#define RBEE_DRIVER extern "C" __attribute__((visibility("default"))) CuResult

EmulatedDriver* rbee_emulated_driver() {
  return &control();
}

RBEE_DRIVER cuInit(unsigned) {
  if (control().init_error != 0) return control().init_error;
  library().is_initialized = true;
  return control().devices.empty() ? kCuNoDevice : kCuSuccess;
}
RBEE_DRIVER cuDriverGetVersion(int* version) {
  *version = control().version;
  return kCuSuccess;
}
RBEE_DRIVER cuGetErrorName(CuResult error, const char** text) {
  static const std::map<CuResult, const char*> kNames = {{209, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
                                                         {214, "CUDA_ERROR_ECC_UNCORRECTABLE"},
                                                         {218, "CUDA_ERROR_INVALID_PTX"},
                                                         {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
                                                         {kLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"}};
  const auto found = kNames.find(error);
  *text = found == kNames.end() ? "CUDA_ERROR_OF_THE_EMULATION" : found->second;
  return kCuSuccess;
}
RBEE_DRIVER cuGetErrorString(CuResult error, const char** text) {
  *text = error == kLaunchFailed ? "unspecified launch failure" : "an error";
  return kCuSuccess;
}
RBEE_DRIVER cuDeviceGetCount(int* count) {
  if (!library().is_initialized) return kNotInitialized;
  *count = static_cast<int>(control().devices.size());
  return kCuSuccess;
}
RBEE_DRIVER cuDeviceGet(CuDevice* device, int ordinal) {
  *device = ordinal;
  return device_at(ordinal) == nullptr ? kInvalidDevice : kCuSuccess;
}
RBEE_DRIVER cuDeviceGetName(char* name, int bytes, CuDevice device) {
  const EmulatedDriver::Device* found = device_at(device);
  if (found == nullptr) return kInvalidDevice;
  std::strncpy(name, found->name.c_str(), static_cast<std::size_t>(bytes));
  return kCuSuccess;
}
RBEE_DRIVER cuDeviceGetAttribute(int* value, int attribute, CuDevice device) {
  const EmulatedDriver::Device* found = device_at(device);
  if (found == nullptr) return kInvalidDevice;
  const std::map<int, int> attributes = {{kCuMultiprocessors, 4},
                                         {kCuPciDomain, 0},
                                         {kCuPciBus, found->pci_bus},
                                         {kCuPciDevice, 0},
                                         {kCuCapabilityMajor, found->capability / 10},
                                         {kCuCapabilityMinor, found->capability % 10}};
  const auto entry = attributes.find(attribute);
  if (entry == attributes.end()) return kCuInvalidValue;
  *value = entry->second;
  return kCuSuccess;
}
RBEE_DRIVER cuDeviceTotalMem_v2(std::size_t* bytes, CuDevice device) {
  const EmulatedDriver::Device* found = device_at(device);
  if (found == nullptr) return kInvalidDevice;
  *bytes = found->memory_bytes;
  return kCuSuccess;
}
RBEE_DRIVER cuDevicePrimaryCtxRetain(CuContext* context, CuDevice device) {
  if (device_at(device) == nullptr) return kInvalidDevice;
  *context = make<CuContextTag>(CuContextTag{device});
  return kCuSuccess;
}
RBEE_DRIVER cuDevicePrimaryCtxRelease_v2(CuDevice) {
  const CuContext context = current;
  current = nullptr;
  return destroy(context);
}
RBEE_DRIVER cuCtxSetCurrent(CuContext context) {
  current = context;
  return control().is_lost ? control().launch_error : kCuSuccess;
}

RBEE_DRIVER cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  *total = device_at(current->device)->memory_bytes;
  *free = *total - std::min<std::uint64_t>(*total, control().used_bytes);
  return kCuSuccess;
}
RBEE_DRIVER cuMemAlloc_v2(CuAddress* address, std::size_t bytes) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  if (bytes == 0) return kCuInvalidValue;
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded > device_at(current->device)->memory_bytes - control().used_bytes) return kCuOutOfMemory;
  void* const memory = std::aligned_alloc(kAlignment, rounded);
  if (memory == nullptr) return kCuOutOfMemory;
  std::memset(memory, 0xFF, rounded);
  *address = reinterpret_cast<std::uintptr_t>(memory);
  library().allocations[*address] = rounded;
  control().used_bytes += rounded;
  ++control().objects;
  return kCuSuccess;
}
RBEE_DRIVER cuMemFree_v2(CuAddress address) {
  const auto found = library().allocations.find(address);
  if (found == library().allocations.end()) return kCuInvalidValue;
  control().used_bytes -= found->second;
  --control().objects;
  library().allocations.erase(found);
  std::free(host_address(address));
  return kCuSuccess;
}
RBEE_DRIVER cuMemAllocHost_v2(void** memory, std::size_t bytes) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  *memory = std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  if (*memory == nullptr) return kCuOutOfMemory;
  ++control().objects;
  return kCuSuccess;
}
RBEE_DRIVER cuMemFreeHost(void* memory) {
  --control().objects;
  std::free(memory);
  return kCuSuccess;
}
RBEE_DRIVER cuMemcpyHtoDAsync_v2(CuAddress to, const void* from, std::size_t bytes, CuStream stream) {
  if (!is_allocated(to, bytes)) return kCuInvalidValue;
  const auto copy = [=] {
    std::memcpy(host_address(to), from, bytes);
    return kCuSuccess;
  };
  if (!control().holds_copies || stream == nullptr || stream->capture) return submit(stream, copy);
  if (const CuResult result = state(); result != kCuSuccess) return result;
  library().held_copies.emplace_back(copy);
  control().held_copies_max = std::max(control().held_copies_max, ++control().held_copies);
  return kCuSuccess;
}
RBEE_DRIVER cuMemcpyDtoHAsync_v2(void* to, CuAddress from, std::size_t bytes, CuStream stream) {
  if (!is_allocated(from, bytes)) return kCuInvalidValue;
  return submit(stream, [=] {
    std::memcpy(to, host_address(from), bytes);
    return kCuSuccess;
  });
}
RBEE_DRIVER cuMemsetD32Async(CuAddress to, unsigned word, std::size_t words, CuStream stream) {
  if (!is_allocated(to, words * sizeof word)) return kCuInvalidValue;
  return submit(stream, [=] {
    std::fill_n(reinterpret_cast<unsigned*>(host_address(to)), words, word);
    return kCuSuccess;
  });
}

RBEE_DRIVER cuModuleLoadData(CuModule* module, const void*) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  if (control().image_error != 0) return control().image_error;
  *module = make<CuModuleTag>();
  return kCuSuccess;
}
RBEE_DRIVER cuModuleUnload(CuModule module) {
  return destroy(module);
}
RBEE_DRIVER cuModuleGetFunction(CuFunction* function, CuModule, const char* name) {
  const simt::Kernel* kernel = find_kernel(name);
  if (kernel == nullptr) return kCuNotFound;
  auto& place = library().functions[kernel];
  if (!place) place = std::make_unique<CuFunctionTag>(CuFunctionTag{kernel});
  *function = place.get();
  return kCuSuccess;
}
RBEE_DRIVER cuLaunchKernel(CuFunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                           unsigned block_y, unsigned block_z, unsigned shared_bytes, CuStream stream, void** arguments,
                           void** extra) {
  const simt::Kernel& kernel = *function->kernel;
  const bool is_grid = grid_x > 0 && grid_y > 0 && grid_z > 0 && grid_x < 1U << 31 && grid_y < 65536 && grid_z < 65536;
  if (!is_grid || block_x != kernel.threads || block_y != 1 || block_z != 1) return kCuInvalidValue;
  if (shared_bytes != 0 || extra != nullptr) return kCuInvalidValue;
  // Arguments are taken when the launch is put on the stream.
  const auto* first = static_cast<const std::byte*>(arguments[0]);
  std::vector<std::byte> args(first, first + kernel.args_bytes);
  return submit(stream, [&kernel, grid = simt::Grid{grid_x, grid_y, grid_z}, args = std::move(args)] {
    return run_kernel(kernel, grid, args.data());
  });
}

RBEE_DRIVER cuStreamCreate(CuStream* stream, unsigned) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  *stream = make<CuStreamTag>();
  return kCuSuccess;
}
RBEE_DRIVER cuStreamDestroy_v2(CuStream stream) {
  return destroy(stream);
}
RBEE_DRIVER cuStreamQuery(CuStream stream) {
  finish_held_copies();
  if (const CuResult result = state(); result != kCuSuccess) return result;
  return stream->capture ? kCaptureUnsupported : kCuSuccess;
}
RBEE_DRIVER cuStreamBeginCapture_v2(CuStream stream, int) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  if (stream->capture) return kCaptureInvalidated;
  ++control().captures;
  stream->capture = std::make_unique<CuGraphTag>();
  return kCuSuccess;
}
RBEE_DRIVER cuStreamEndCapture(CuStream stream, CuGraph* graph) {
  if (!stream->capture) return kCaptureInvalidated;
  ++control().objects;
  *graph = stream->capture.release();
  return kCuSuccess;
}
RBEE_DRIVER cuGraphDestroy(CuGraph graph) {
  return destroy(graph);
}
RBEE_DRIVER cuGraphInstantiateWithFlags(CuGraphExec* executable, CuGraph graph, unsigned long long) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  *executable = make<CuGraphExecTag>(CuGraphExecTag{graph->work});
  return kCuSuccess;
}
RBEE_DRIVER cuGraphLaunch(CuGraphExec executable, CuStream stream) {
  return submit(stream, [executable] {
    ++control().graph_launches;
    for (const auto& work : executable->work) {
      if (const CuResult result = work(); result != kCuSuccess) return result;
    }
    return kCuSuccess;
  });
}
RBEE_DRIVER cuGraphExecDestroy(CuGraphExec executable) {
  return destroy(executable);
}

RBEE_DRIVER cuEventCreate(CuEvent* event, unsigned) {
  if (const CuResult result = state(); result != kCuSuccess) return result;
  *event = make<CuEventTag>();
  return kCuSuccess;
}
RBEE_DRIVER cuEventRecord(CuEvent, CuStream) {
  return state();
}
RBEE_DRIVER cuEventQuery(CuEvent) {
  finish_held_copies();
  return state();
}
RBEE_DRIVER cuEventDestroy_v2(CuEvent event) {
  return destroy(event);
}

}  // namespace rbee::engine::cuda
