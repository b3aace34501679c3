// The module librbee_vulkan: what make_backend_from_module() loads.

#include "engine/backend/backend_module.h"
#include "engine/backend/vulkan/vulkan_backend.h"

namespace rbee::engine {
namespace {

std::unique_ptr<Backend> make(const BackendOptions& options) {
  return make_vulkan_backend({.gpu = options.gpu, .cache_folder = options.cache_folder});
}

constexpr BackendModule kModule{.version = kModuleVersion, .build = kModuleBuild, .make = make};

}  // namespace

extern "C" __attribute__((visibility("default"))) const BackendModule* rbee_backend_module() {
  return &kModule;
}

}  // namespace rbee::engine
