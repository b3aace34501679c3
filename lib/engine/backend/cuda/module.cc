// The module librbee_cuda: what make_backend_from_module() loads.

#include "engine/backend/backend_module.h"
#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/kernel_image.h"

namespace rbee::engine {
namespace {

std::unique_ptr<Backend> make(const BackendOptions& options) {
  return make_cuda_backend({.gpu = options.gpu, .kernels = cuda::kernel_image()});
}

constexpr BackendModule kModule{.version = kModuleVersion, .build = kModuleBuild, .make = make};

}  // namespace

extern "C" __attribute__((visibility("default"))) const BackendModule* rbee_backend_module() {
  return &kModule;
}

}  // namespace rbee::engine
