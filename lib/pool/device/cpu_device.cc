#include "pool/device/cpu_device.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <unistd.h>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include "base/memory.h"
#include "base/usable_cpus.h"

namespace rbee::pool {
namespace {

// Names as Linux writes them, x86 and Arm.
constexpr std::array<std::string_view, 19> kFeatures = {
    "sse4_2",   "avx",      "f16c",        "fma",         "avx2",        "avx_vnni", "avx512f",
    "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16",
    "amx_int8", "asimd",    "asimddp",     "i8mm",        "bf16"};

std::uint64_t machine_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), bytes = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes) : 0;
}

#if defined(__APPLE__)  // not tested on a Mac
std::string brand() {
  char name[256] = "";
  std::size_t bytes = sizeof name;
  return ::sysctlbyname("machdep.cpu.brand_string", name, &bytes, nullptr, 0) == 0 ? name : "";
}
#endif

}  // namespace

CpuDevice parse_cpuinfo(std::string_view text) {
  CpuDevice cpu;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon + 2 > line.size()) continue;
    const std::string key = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    const std::string value = line.substr(std::min(colon + 2, line.size()));
    if (key == "processor") ++cpu.logical_cores;
    if (key == "model name" && cpu.model.empty()) cpu.model = value;
    if ((key != "flags" && key != "Features") || !cpu.features.empty()) continue;
    std::istringstream words(value);
    const std::vector<std::string> found{std::istream_iterator<std::string>(words), {}};
    for (const std::string_view feature : kFeatures) {
      if (std::find(found.begin(), found.end(), feature) != found.end()) cpu.features.emplace_back(feature);
    }
  }
  return cpu;
}

CpuDevice probe_cpu() {
  std::ifstream in("/proc/cpuinfo");
  CpuDevice cpu = parse_cpuinfo(std::string(std::istreambuf_iterator<char>(in), {}));
#if defined(__APPLE__)
  cpu.model = brand();
#endif
#if defined(__aarch64__)
  if (cpu.model.empty()) cpu.model = "arm64";
#else
  if (cpu.model.empty()) cpu.model = "unknown processor";
#endif
  if (cpu.logical_cores == 0) cpu.logical_cores = std::max(1U, std::thread::hardware_concurrency());
  cpu.usable_cores = usable_cpus();
  cpu.memory_bytes = machine_memory();
  cpu.memory_available_bytes = available_memory_bytes();
  return cpu;
}

}  // namespace rbee::pool
