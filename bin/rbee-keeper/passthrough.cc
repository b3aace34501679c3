#include "passthrough.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "interruptible.h"
#include "sessions.h"

namespace rbee::keeper {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

const std::vector<std::string>& pool_verbs() {
  static const std::vector<std::string> verbs = {"models", "worker", "devices", "status", "doctor", "clean"};
  return verbs;
}

std::optional<Passthrough> parse_passthrough(const std::vector<std::string>& arguments) {
  Passthrough result;
  bool host_given = false;
  const auto take_host = [&](const std::string& host) {
    if (host_given) fail(ErrorKind::kBadRequest, "--host is given twice");
    if (host.empty()) fail(ErrorKind::kBadRequest, "--host wants the name of a pool");
    result.host = host;
    host_given = true;
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      result.arguments.insert(result.arguments.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i),
                              arguments.end());
      break;
    }
    if (argument == "--host") {
      take_host(i + 1 < arguments.size() ? arguments[++i] : "");
    } else if (argument.starts_with("--host=")) {
      take_host(argument.substr(7));
    } else {
      result.arguments.push_back(argument);
    }
  }
  // Flags of the pool's program may stand first.
  const auto is_word = [](const std::string& argument) { return !argument.starts_with('-'); };
  const auto pool = std::find_if(result.arguments.begin(), result.arguments.end(), is_word);
  if (pool == result.arguments.end() || *pool != "pool") return std::nullopt;
  const auto verb = std::find_if(pool + 1, result.arguments.end(), is_word);
  if (verb == result.arguments.end() || !contains(pool_verbs(), *verb)) return std::nullopt;
  result.arguments.erase(pool);
  return result;
}

int run_passthrough(Keeper& keeper, const Passthrough& passthrough) {
  const auto link = open_link(keeper, passthrough.host);
  return run_interruptible(*link, {.arguments = passthrough.arguments});
}

}  // namespace rbee::keeper
