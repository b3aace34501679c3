#pragma once
// Backends in shared objects of their own: what they need is looked for only when they are asked for.

#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/backend/backend.h"

namespace rbee::engine {

/// What a module gives to the program that loads it. Both must come from one build: C++ objects and exceptions cross.
struct BackendModule {
  std::uint32_t version = 0;                                                  ///< kModuleVersion of the module's source
  const char* build = nullptr;                                                ///< kModuleBuild of the module's build
  std::unique_ptr<Backend> (*make)(const BackendOptions& options) = nullptr;  ///< throws Error
};

/// Raised with every change of backend.h and what it includes.
constexpr std::uint32_t kModuleVersion = 4;
/// The compiler.
constexpr const char* kModuleBuild = __VERSION__;
/// Exported by every module: `extern "C" const BackendModule* rbee_backend_module()`.
constexpr const char* kModuleFunction = "rbee_backend_module";

/// Loads librbee_<name>.so from options.module_folder or, when that is empty, from the folder of this program or from
/// lib/rbee beside it, and makes its backend. A module stays loaded until the process ends.
/// Throws Error{kUnsupported}: not there (names the places), cannot be loaded, of another build; and what `make`
/// throws.
std::unique_ptr<Backend> make_backend_from_module(std::string_view name, const BackendOptions& options);

}  // namespace rbee::engine
