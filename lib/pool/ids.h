#pragma once
// Names of models and workers: safe as file names, arguments and parts of URLs.

#include <cstdint>
#include <string>
#include <string_view>

namespace rbee::pool {

/// True for 1 to 128 of A-Z a-z 0-9 . _ -, the first a letter or digit: never an option, a path or a shell word.
bool is_id(std::string_view text);

/// `id` itself. Throws Error{kBadRequest} naming `what` ("model id") when it is no id; odd characters are shown
/// escaped.
std::string_view check_id(std::string_view id, std::string_view what);

/// `name` with everything that an id may not hold as '-', lower-case: an id to propose for a folder or file.
std::string id_from_name(std::string_view name);

/// cpu, cuda, metal, vulkan; and reference, the slow one that others are tested against.
bool is_backend(std::string_view name);
/// Throws Error{kBadRequest} with the list of backends.
std::string_view check_backend(std::string_view name);

/// "worker-cpu-0".
std::string default_worker_id(std::string_view backend, std::uint32_t gpu);
/// 8000 + gpu. `gpu` is at most kGpuMax.
std::uint16_t default_port(std::uint32_t gpu);

}  // namespace rbee::pool
