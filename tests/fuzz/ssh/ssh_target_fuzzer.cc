// Any text as an ssh target: it is refused, or it can be no option, no command and no second target.

#include <cstdint>

#include "base/check.h"
#include "base/error.h"
#include "pool/ssh/ssh_arguments.h"
#include "pool/ssh/ssh_failure.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  rbee::pool::explain_ssh_failure(text, "pool", "host");
  try {
    const rbee::pool::SshTarget target = rbee::pool::parse_ssh_target(text);
    RBEE_CHECK(target.text() == text);
    RBEE_CHECK(text.find_first_of(" \t\r\n'\"\\$`;|&<>(){}[]*?!%/~#=,") == std::string_view::npos);
    RBEE_CHECK(text.front() != '-' && target.host().front() != '-');
    const auto arguments = rbee::pool::ssh_arguments({target, {}, {}, {}}, "log", "line");
    RBEE_CHECK(arguments[arguments.size() - 3] == "--");
  } catch (const rbee::Error& error) {
    RBEE_CHECK(error.kind() == rbee::ErrorKind::kBadRequest);
  }
  return 0;
}
