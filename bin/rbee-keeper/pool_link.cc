#include "pool_link.h"

#include "base/error.h"
#include "base/units.h"

namespace rbee::keeper {
namespace {

constexpr std::uint64_t kOutputBytesMax = 64_MiB;

}  // namespace

HiveOutcome PoolLink::hive(const std::vector<std::string>& arguments, std::chrono::seconds timeout) {
  HiveOutcome outcome;
  const auto keep = [&](std::string& text) {
    return [this, &text](std::string_view piece) {
      if (text.size() + piece.size() > kOutputBytesMax) {
        fail(ErrorKind::kIo, "pool '{}': rbee-hive wrote more than {}", name(), human_bytes(kOutputBytesMax));
      }
      text.append(piece);
    };
  };
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  try {
    outcome.exit_code =
        run({.arguments = arguments}, {.output = keep(outcome.out), .errors = keep(outcome.err), .ends_now = [=] {
                                         return std::chrono::steady_clock::now() >= deadline;
                                       }});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) throw;
    std::string command = "rbee-hive";
    for (const std::string& argument : arguments) command += " " + argument;
    fail(ErrorKind::kUnavailable, "pool '{}': '{}' did not end within {} s", name(), command, timeout.count());
  }
  return outcome;
}

}  // namespace rbee::keeper
