#include "engine/backend/cuda/kernel_set.h"

#include "base/error.h"

namespace rbee::engine::cuda {

KernelSet::KernelSet(const Device& device, const CudaKernels& kernels) : device_(device) {
  device.use();
  const CuResult result = device.api().load_module(&module_, kernels.image.data());
  if (result == kCuSuccess) return;
  if (is_lost(result) || result == kCuOutOfMemory) device.check(result, "loading the kernels");
  fail(ErrorKind::kUnsupported, "{} does not take the kernels of this build: {}", device.description(),
       device.api().error_text(result));
}

KernelSet::~KernelSet() {
  if (module_ == nullptr) return;
  device_.api().context_set(device_.context());
  device_.api().unload_module(module_);
}

CuFunction KernelSet::find(const std::string& name) {
  if (const auto known = found_.find(name); known != found_.end()) return known->second;
  CuFunction function = nullptr;
  const CuResult result = device_.api().find_function(&function, module_, name.c_str());
  if (result == kCuNotFound) fail(ErrorKind::kUnsupported, "the kernels of this build lack '{}'", name);
  device_.check(result, "finding a kernel");
  return found_[name] = function;
}

}  // namespace rbee::engine::cuda
