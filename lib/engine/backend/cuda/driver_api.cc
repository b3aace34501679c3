#include "engine/backend/cuda/driver_api.h"

#include <algorithm>
#include <array>

#include <dlfcn.h>

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::engine::cuda {
namespace {

/// Finds functions by name in an open library.
class FunctionFinder {
 public:
  FunctionFinder(void* library, const std::string& name) : library_(library), name_(name) {}

  template <typename Function>
  void operator()(Function*& function, const char* symbol) const {
    function = reinterpret_cast<Function*>(::dlsym(library_, symbol));
    if (function == nullptr) {
      fail(ErrorKind::kUnsupported, "the NVIDIA driver is too old for the cuda backend: {} has no {}", name_, symbol);
    }
  }

 private:
  void* const library_;
  const std::string& name_;
};

void find_device_functions(DriverApi& api, const FunctionFinder& find) {
  find(api.init, "cuInit");
  find(api.driver_version, "cuDriverGetVersion");
  find(api.error_name, "cuGetErrorName");
  find(api.error_string, "cuGetErrorString");
  find(api.device_count, "cuDeviceGetCount");
  find(api.device_get, "cuDeviceGet");
  find(api.device_name, "cuDeviceGetName");
  find(api.device_attribute, "cuDeviceGetAttribute");
  find(api.device_memory, "cuDeviceTotalMem_v2");
  find(api.context_retain, "cuDevicePrimaryCtxRetain");
  find(api.context_release, "cuDevicePrimaryCtxRelease_v2");
  find(api.context_set, "cuCtxSetCurrent");
  find(api.memory_info, "cuMemGetInfo_v2");
  find(api.allocate, "cuMemAlloc_v2");
  find(api.free, "cuMemFree_v2");
  find(api.allocate_host, "cuMemAllocHost_v2");
  find(api.free_host, "cuMemFreeHost");
}

void find_work_functions(DriverApi& api, const FunctionFinder& find) {
  find(api.copy_to_device, "cuMemcpyHtoDAsync_v2");
  find(api.copy_to_host, "cuMemcpyDtoHAsync_v2");
  find(api.fill_words, "cuMemsetD32Async");
  find(api.load_module, "cuModuleLoadData");
  find(api.unload_module, "cuModuleUnload");
  find(api.find_function, "cuModuleGetFunction");
  find(api.launch, "cuLaunchKernel");
  find(api.create_stream, "cuStreamCreate");
  find(api.destroy_stream, "cuStreamDestroy_v2");
  find(api.query_stream, "cuStreamQuery");
  find(api.begin_capture, "cuStreamBeginCapture_v2");
  find(api.end_capture, "cuStreamEndCapture");
  find(api.destroy_graph, "cuGraphDestroy");
  find(api.instantiate, "cuGraphInstantiateWithFlags");
  find(api.launch_graph, "cuGraphLaunch");
  find(api.destroy_executable, "cuGraphExecDestroy");
  find(api.create_event, "cuEventCreate");
  find(api.record_event, "cuEventRecord");
  find(api.query_event, "cuEventQuery");
  find(api.destroy_event, "cuEventDestroy_v2");
}

}  // namespace

DriverApi DriverApi::load(const std::string& library) {
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    fail(ErrorKind::kUnsupported, "no NVIDIA driver: the cuda backend looked for {}: {}", library,
         reason == nullptr ? "" : reason);
  }
  DriverApi api{};
  const FunctionFinder find(handle, library);
  find_device_functions(api, find);
  find_work_functions(api, find);
  return api;
}

std::string DriverApi::error_text(CuResult result) const {
  const char *name = nullptr, *text = nullptr;
  error_name(result, &name);
  error_string(result, &text);
  if (name == nullptr) return fmt::format("CUDA error {}", result);
  return fmt::format("{} ({})", name, text == nullptr ? "" : text);
}

void DriverApi::check(CuResult result, const char* what) const {
  if (result == kCuSuccess) return;
  if (is_lost(result)) fail(ErrorKind::kIo, "the CUDA device was lost: {} failed with {}", what, error_text(result));
  fail(result == kCuOutOfMemory ? ErrorKind::kExhausted : ErrorKind::kIo, "CUDA: {} failed with {}", what,
       error_text(result));
}

// The errors after which the reference manual says that the process must end, and those of a device that went away.
bool is_lost(CuResult result) {
  constexpr std::array<CuResult, 16> kLost = {4,     // CUDA_ERROR_DEINITIALIZED
                                              46,    // DEVICE_UNAVAILABLE
                                              214,   // ECC_UNCORRECTABLE
                                              220,   // NVLINK_UNCORRECTABLE
                                              700,   // ILLEGAL_ADDRESS
                                              702,   // LAUNCH_TIMEOUT
                                              709,   // CONTEXT_IS_DESTROYED
                                              710,   // ASSERT
                                              714,   // HARDWARE_STACK_ERROR
                                              715,   // ILLEGAL_INSTRUCTION
                                              716,   // MISALIGNED_ADDRESS
                                              717,   // INVALID_ADDRESS_SPACE
                                              718,   // INVALID_PC
                                              719,   // LAUNCH_FAILED
                                              802,   // SYSTEM_NOT_READY
                                              999};  // UNKNOWN
  return std::find(kLost.begin(), kLost.end(), result) != kLost.end();
}

}  // namespace rbee::engine::cuda
