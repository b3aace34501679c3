#include "engine/backend/backend_module.h"

#include <dlfcn.h>

#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/host.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix =
#if defined(__APPLE__)
    ".dylib";
#else
    ".so";
#endif

std::vector<fs::path> module_folders(const BackendOptions& options) {
  if (!options.module_folder.empty()) return {options.module_folder};
  const fs::path program = own_program_path().parent_path();
  return {program, program.parent_path() / "lib" / "rbee"};
}

fs::path find_module(std::string_view name, const BackendOptions& options) {
  const std::string file = fmt::format("librbee_{}{}", name, kSuffix);
  std::string places;
  for (const fs::path& folder : module_folders(options)) {
    std::error_code ignored;
    if (fs::exists(folder / file, ignored)) return folder / file;
    places += fmt::format("{}{}", places.empty() ? "" : ", ", folder.string());
  }
  fail(ErrorKind::kUnsupported, "backend '{}' is a module of its own, {}, and it is not installed: looked in {}", name,
       file, places);
}

const BackendModule& load_module(const fs::path& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    fail(ErrorKind::kUnsupported, "{} cannot be loaded: {}", file.string(), reason == nullptr ? "" : reason);
  }
  using ModuleFunction = const BackendModule*();
  auto* const function = reinterpret_cast<ModuleFunction*>(::dlsym(library, kModuleFunction));
  const BackendModule* module = function == nullptr ? nullptr : function();
  if (module == nullptr || module->version != kModuleVersion) {
    fail(ErrorKind::kUnsupported, "{} is no backend of this program: it has interface {}, {} is expected",
         file.string(), module == nullptr ? 0 : module->version, kModuleVersion);
  }
  if (std::string_view(module->build) != kModuleBuild) {
    fail(ErrorKind::kUnsupported, "{} was built by another compiler ({}) than this program ({})", file.string(),
         module->build, kModuleBuild);
  }
  return *module;
}

}  // namespace

std::unique_ptr<Backend> make_backend_from_module(std::string_view name, const BackendOptions& options) {
  return load_module(find_module(name, options)).make(options);
}

}  // namespace rbee::engine
