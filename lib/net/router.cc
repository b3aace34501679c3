#include "net/router.h"

#include <set>

namespace rbee::net {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t slash = path.find('/', begin);
    parts.push_back(path.substr(begin, slash == std::string_view::npos ? slash : slash - begin));
    if (slash == std::string_view::npos) return parts;
    begin = slash + 1;
  }
}

// The parameters, when `path` has the form of `pattern`.
std::optional<std::map<std::string, std::string>> matched(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> want = segments(pattern), have = segments(path);
  if (want.size() != have.size()) return std::nullopt;
  std::map<std::string, std::string> params;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const std::optional<std::string> decoded = percent_decoded(have[i]);
    if (!decoded) return std::nullopt;
    const bool is_param = want[i].size() > 2 && want[i].front() == '{' && want[i].back() == '}';
    if (is_param) {
      if (decoded->empty()) return std::nullopt;
      params.emplace(want[i].substr(1, want[i].size() - 2), *decoded);
    } else if (*decoded != want[i]) {
      return std::nullopt;
    }
  }
  return params;
}

}  // namespace

void Router::add(Route route) {
  routes_.push_back(std::move(route));
}

std::variant<Router::Match, Router::OtherMethods, Router::NoPath> Router::find(std::string_view method,
                                                                               std::string_view path) const {
  std::set<std::string> methods;
  for (const Route& route : routes_) {
    std::optional<std::map<std::string, std::string>> params = matched(route.path, path);
    if (!params) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) return Match{&route, std::move(*params)};
    methods.insert(route.method);
    if (route.method == "GET") methods.insert("HEAD");
  }
  if (methods.empty()) return NoPath{};
  std::string allow;
  for (const std::string& name : methods) allow += allow.empty() ? name : ", " + name;
  return OtherMethods{allow};
}

}  // namespace rbee::net
