#include <optional>

#include "base/error.h"
#include "base/usable_cpus.h"
#include "engine/backend/backend.h"
#include "engine/backend/backend_module.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/reference/reference_backend.h"

namespace rbee::engine {
namespace {

constexpr std::string_view kBackends = "cpu, cuda, vulkan, reference";

#if defined(__APPLE__)
constexpr bool kHasMetal = true;
#else
constexpr bool kHasMetal = false;
#endif

std::optional<cpu::Isa> isa_named(std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::optional<cpu::Isa> isa = cpu::parse_isa(name);
  if (!isa) fail(ErrorKind::kBadRequest, "unknown instruction set '{}' for the cpu backend", name);
  return isa;
}

}  // namespace

std::uint32_t compute_threads(const BackendOptions& options) {
  return options.threads != 0 ? options.threads : usable_cpus();
}

std::unique_ptr<Backend> make_backend(std::string_view name, const BackendOptions& options) {
  if (!options.cpu_isa.empty() && name != "cpu") {
    fail(ErrorKind::kBadRequest, "an instruction set ({}) was asked for, which backend '{}' does not choose",
         options.cpu_isa, name);
  }
  if (name == "reference" || name == "cpu") {
    if (options.gpu != 0) {
      fail(ErrorKind::kBadRequest, "backend '{}' has one device, number 0; device {} was asked for", name, options.gpu);
    }
    if (name == "cpu") {
      return make_cpu_backend(CpuOptions{.threads = options.threads, .isa = isa_named(options.cpu_isa)});
    }
    return std::make_unique<ReferenceBackend>();
  }
  if (name == "cuda" || name == "vulkan") return make_backend_from_module(name, options);
  if (name == "metal") {
    if (kHasMetal) return make_backend_from_module("vulkan", options);
    fail(ErrorKind::kUnsupported, "backend 'metal' is there on Apple's systems alone; here are: {}", kBackends);
  }
  fail(ErrorKind::kBadRequest, "unknown backend '{}'; this build has: {}", name, kBackends);
}

}  // namespace rbee::engine
