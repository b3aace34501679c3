#pragma once
// What a stand-in for a driver is told by a file beside it: programs that load it know nothing of tests.

#include <cstdint>
#include <map>
#include <string>

namespace rbee::engine {

/// The lines "name number" of the file "<library>.settings", where the library is the one that holds `function`, under
/// the name by which it was loaded. Empty when there is no such file.
std::map<std::string, std::uint64_t> settings_beside(const void* function);

}  // namespace rbee::engine
