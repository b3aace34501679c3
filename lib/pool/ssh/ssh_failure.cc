#include "pool/ssh/ssh_failure.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/printable.h"

namespace rbee::pool {
namespace {

struct Sign {
  std::string_view text;
  SshFailureKind kind;
};

// The first that occurs decides: a changed host key is followed by "Host key verification failed".
constexpr std::array kSigns = {
    Sign{"HOST IDENTIFICATION HAS CHANGED", SshFailureKind::kHostKeyChanged},
    Sign{"Host key verification failed", SshFailureKind::kHostKeyUnknown},
    Sign{"Could not resolve hostname", SshFailureKind::kUnknownHost},
    Sign{"Connection refused", SshFailureKind::kRefused},
    Sign{"Connection timed out", SshFailureKind::kTimeout},
    Sign{"Operation timed out", SshFailureKind::kTimeout},
    Sign{"not responding", SshFailureKind::kTimeout},
    Sign{"timed out during banner exchange", SshFailureKind::kTimeout},
    Sign{"No route to host", SshFailureKind::kUnreachable},
    Sign{"Network is unreachable", SshFailureKind::kUnreachable},
    Sign{"Permission denied (", SshFailureKind::kNotAccepted},
    Sign{"Too many authentication failures", SshFailureKind::kNotAccepted},
    Sign{"Bad configuration option", SshFailureKind::kConfig},
    Sign{"Can't open user config file", SshFailureKind::kConfig},
    Sign{"Bad owner or permissions", SshFailureKind::kConfig},
    Sign{"Connection closed by", SshFailureKind::kBroken},
    Sign{"Connection reset", SshFailureKind::kBroken},
    Sign{"Broken pipe", SshFailureKind::kBroken},
    Sign{"closed by remote host", SshFailureKind::kBroken},
};

constexpr std::size_t kLogShownBytesMax = 300;

std::string_view last_line(std::string_view log) {
  while (!log.empty() && (log.back() == '\n' || log.back() == '\r')) log.remove_suffix(1);
  return log.substr(log.rfind('\n') + 1);
}

// "publickey,password" of "me@host: Permission denied (publickey,password).".
std::string_view methods(std::string_view log) {
  constexpr std::string_view kBefore = "Permission denied (";
  const std::size_t at = log.find(kBefore);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = log.substr(at + kBefore.size());
  return rest.substr(0, rest.find(')'));
}

std::string not_accepted(std::string_view log, std::string_view target) {
  const std::string_view accepted = methods(log);
  const bool asks = accepted.find("password") != std::string_view::npos ||
                    accepted.find("keyboard-interactive") != std::string_view::npos;
  return fmt::format("{} accepted no key of yours{}: copy one there with 'ssh-copy-id {}', or load it with ssh-add",
                     target, asks ? " and asks for a password, which rbee never types" : "", target);
}

std::string words(SshFailureKind kind, std::string_view log, std::string_view target) {
  switch (kind) {
    case SshFailureKind::kUnknownHost:
      return fmt::format("there is no host named {}: check its spelling, or add it with 'rbee pool add'", target);
    case SshFailureKind::kRefused:
      return fmt::format("{} is there, but no SSH server listens on that port (connection refused)", target);
    case SshFailureKind::kTimeout:
      return fmt::format("{} does not answer: is it switched on and connected?", target);
    case SshFailureKind::kUnreachable:
      return fmt::format("no network leads to {}", target);
    case SshFailureKind::kNotAccepted:
      return not_accepted(log, target);
    case SshFailureKind::kHostKeyUnknown:
      return fmt::format("the host key of {} is not known yet: connect once with 'ssh {}' and check it", target,
                         target);
    case SshFailureKind::kHostKeyChanged:
      return fmt::format(
          "the host key of {} has changed: another machine answers, or it was installed anew. When you are sure, "
          "remove "
          "the old key with ssh-keygen -R",
          target);
    case SshFailureKind::kConfig:
      return fmt::format("ssh does not take its settings: {}", printable(last_line(log), kLogShownBytesMax));
    case SshFailureKind::kBroken:
      return fmt::format("the connection to {} broke ({})", target, printable(last_line(log), kLogShownBytesMax));
    case SshFailureKind::kOther:
      break;
  }
  const std::string_view line = last_line(log);
  return line.empty() ? fmt::format("ssh to {} failed without a word", target)
                      : fmt::format("ssh to {} failed: {}", target, printable(line, kLogShownBytesMax));
}

}  // namespace

SshFailure explain_ssh_failure(std::string_view log, std::string_view pool, std::string_view target) {
  const auto sign =
      std::find_if(kSigns.begin(), kSigns.end(), [=](const Sign& s) { return log.find(s.text) != log.npos; });
  const SshFailureKind kind = sign == kSigns.end() ? SshFailureKind::kOther : sign->kind;
  return {kind, fmt::format("pool '{}': {}", printable(pool), words(kind, log, target))};
}

}  // namespace rbee::pool
