#include "base/host.h"

#include <unistd.h>

#include <system_error>

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

namespace rbee {

std::string host_name() {
  char name[256] = "";
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

std::filesystem::path own_program_path() {
  std::error_code error;
#if defined(__APPLE__)  // not tested on a Mac
  char path[4096];
  std::uint32_t bytes = sizeof path;
  if (::_NSGetExecutablePath(path, &bytes) != 0) return {};
  return std::filesystem::canonical(path, error);
#else
  return std::filesystem::read_symlink("/proc/self/exe", error);
#endif
}

}  // namespace rbee
