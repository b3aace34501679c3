#include "pool/ssh/ssh_arguments.h"

#include <fmt/format.h>

#include "pool/ssh/limits.h"

namespace rbee::pool {
namespace {

// ssh_config(5): %C is a hash of the local host, the remote host, its port and the user: 40 hex digits.
constexpr std::string_view kSocketName = "%C";
constexpr std::size_t kSocketNameBytes = 40;

}  // namespace

std::vector<std::string> ssh_arguments(const SshRoute& route, const std::filesystem::path& log, const std::string& line,
                                       const std::optional<SshForward>& forward) {
  std::vector<std::string> arguments;
  if (!route.config.empty()) arguments.insert(arguments.end(), {"-F", route.config.string()});
  const auto option = [&](const std::string& text) { arguments.insert(arguments.end(), {"-o", text}); };
  option("BatchMode=yes");
  option(fmt::format("ConnectTimeout={}", kSshConnectTimeout.count()));
  option(fmt::format("ServerAliveInterval={}", kSshAliveInterval.count()));
  option(fmt::format("ServerAliveCountMax={}", kSshAliveCount));
  option("RequestTTY=no");
  option("ForwardX11=no");
  option("PermitLocalCommand=no");
  option("RemoteCommand=none");
  option("LogLevel=ERROR");
  if (!route.control_folder.empty() && fits_control_socket(route.control_folder)) {
    option("ControlMaster=auto");
    // ssh takes quotes around values with spaces.
    option(fmt::format("ControlPath=\"{}\"", (route.control_folder / kSocketName).string()));
    option(fmt::format("ControlPersist={}", kSshPersist.count()));
  } else {
    option("ControlMaster=no");
    option("ControlPath=none");
  }
  if (forward) {
    option("ExitOnForwardFailure=yes");
    const bool is_ipv6 = forward->host.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? "[" + forward->host + "]" : forward->host;
    arguments.insert(arguments.end(),
                     {"-L", fmt::format("127.0.0.1:{}:{}:{}", forward->local_port, host, forward->port)});
  }
  if (route.port) arguments.insert(arguments.end(), {"-p", std::to_string(*route.port)});
  arguments.insert(arguments.end(), {"-E", log.string(), "--", route.target.text(), line});
  return arguments;
}

bool fits_control_socket(const std::filesystem::path& folder) {
  return folder.string().find_first_of("\"%") == std::string::npos &&
         folder.string().size() + 1 + kSocketNameBytes <= kSocketPathBytesMax;
}

}  // namespace rbee::pool
