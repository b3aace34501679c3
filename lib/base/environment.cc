#include "base/environment.h"

#include <unistd.h>

namespace rbee {

Environment Environment::of_process() {
  Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.set(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Environment::all() const {
  std::vector<std::string> entries;
  for (const auto& [name, value] : values_) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<std::string> Environment::only(const std::vector<std::string_view>& names) const {
  std::vector<std::string> entries;
  for (const std::string_view name : names) {
    const auto found = values_.find(name);
    if (found != values_.end()) entries.push_back(found->first + "=" + found->second);
  }
  return entries;
}

}  // namespace rbee
