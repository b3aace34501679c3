#include "hashing_line.h"

#include <memory>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/units.h"

namespace rbee::hive {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{100};

}  // namespace

pool::FilesProgress hashing_line(Hive& hive) {
  auto next = std::make_shared<SteadyTime>();  // shared by the copies of the returned function object only
  return [&hive, next](std::string_view file, std::uint64_t done, std::uint64_t total) {
    const SteadyTime now = hive.clock.now();
    if (now < *next) return;
    *next = now + kProgressInterval;
    hive.terminal.progress(fmt::format("Hashing {}: {} of {}", printable(file), human_bytes(done), human_bytes(total)));
  };
}

}  // namespace rbee::hive
