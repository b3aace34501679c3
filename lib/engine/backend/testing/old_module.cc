// A module of an interface that no program has any more.

#include "engine/backend/backend_module.h"

namespace rbee::engine {

extern "C" __attribute__((visibility("default"))) const BackendModule* rbee_backend_module() {
  static constexpr BackendModule kModule{.version = 0, .build = kModuleBuild, .make = nullptr};
  return &kModule;
}

}  // namespace rbee::engine
