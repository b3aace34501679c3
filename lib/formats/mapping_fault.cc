#include "formats/mapping_fault.h"

#include <csignal>
#include <string_view>

#include <unistd.h>

#include "base/check.h"

namespace rbee::formats {
namespace {

constexpr std::string_view kReport =
    "rbee: a mapped model file became shorter while in use (SIGBUS); verify the model's files and start again\n";

// The handler is removed before it runs (SA_RESETHAND): the read that failed fails again and ends the process.
void report(int) {
  const ssize_t ignored = ::write(STDERR_FILENO, kReport.data(), kReport.size());
  static_cast<void>(ignored);
}

}  // namespace

void report_mapping_faults() {
  struct sigaction action {};
  action.sa_handler = report;
  action.sa_flags = SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  RBEE_CHECK(::sigaction(SIGBUS, &action, nullptr) == 0);
}

}  // namespace rbee::formats
