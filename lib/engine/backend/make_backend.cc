#include "base/error.h"
#include "engine/backend/backend.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/reference/reference_backend.h"

namespace rbee::engine {

std::unique_ptr<Backend> make_backend(std::string_view name, std::uint32_t gpu, std::uint32_t threads) {
  if (name == "reference" || name == "cpu") {
    if (gpu != 0)
      fail(ErrorKind::kBadRequest, "backend '{}' has one device, number 0; device {} was asked for", name, gpu);
    if (name == "cpu") return make_cpu_backend(threads);
    return std::make_unique<ReferenceBackend>();
  }
  if (name == "cuda" || name == "vulkan" || name == "metal") {
    fail(ErrorKind::kUnsupported, "backend '{}' is not in this build; it has: cpu, reference", name);
  }
  fail(ErrorKind::kBadRequest, "unknown backend '{}'; this build has: cpu, reference", name);
}

}  // namespace rbee::engine
