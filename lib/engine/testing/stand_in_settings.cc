#include "engine/testing/stand_in_settings.h"

#include <fstream>

#include <dlfcn.h>

namespace rbee::engine {

std::map<std::string, std::uint64_t> settings_beside(const void* function) {
  std::map<std::string, std::uint64_t> settings;
  Dl_info info{};
  if (::dladdr(function, &info) == 0) return settings;
  std::ifstream file(std::string(info.dli_fname) + ".settings");
  std::string name;
  std::uint64_t number = 0;
  while (file >> name >> number) settings[name] = number;
  return settings;
}

}  // namespace rbee::engine
