#include <optional>

#include "base/error.h"
#include "engine/backend/backend.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/reference/reference_backend.h"

namespace rbee::engine {
namespace {

std::optional<cpu::Isa> isa_named(std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::optional<cpu::Isa> isa = cpu::parse_isa(name);
  if (!isa) fail(ErrorKind::kBadRequest, "unknown instruction set '{}' for the cpu backend", name);
  return isa;
}

}  // namespace

std::unique_ptr<Backend> make_backend(std::string_view name, std::uint32_t gpu, std::uint32_t threads,
                                      std::string_view cpu_isa) {
  if (!cpu_isa.empty() && name != "cpu") {
    fail(ErrorKind::kBadRequest, "an instruction set ({}) was asked for, which backend '{}' does not choose", cpu_isa,
         name);
  }
  if (name == "reference" || name == "cpu") {
    if (gpu != 0)
      fail(ErrorKind::kBadRequest, "backend '{}' has one device, number 0; device {} was asked for", name, gpu);
    if (name == "cpu") return make_cpu_backend(CpuOptions{.threads = threads, .isa = isa_named(cpu_isa)});
    return std::make_unique<ReferenceBackend>();
  }
  if (name == "cuda" || name == "vulkan" || name == "metal") {
    fail(ErrorKind::kUnsupported, "backend '{}' is not in this build; it has: cpu, reference", name);
  }
  fail(ErrorKind::kBadRequest, "unknown backend '{}'; this build has: cpu, reference", name);
}

}  // namespace rbee::engine
