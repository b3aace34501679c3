#pragma once
// The environment as a value, read once in main and passed on.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rbee {

/// Names and values; a value type, so that a test makes its own.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> values) : values_(std::move(values)) {}

  /// This process's environment. Call before threads start.
  static Environment of_process();

  /// The value; nothing when the name is unset or empty.
  std::optional<std::string> get(std::string_view name) const;
  void set(std::string_view name, std::string_view value) { values_[std::string(name)] = value; }

  /// "NAME=value" of all of them, for a child process that is the same user's and trusted.
  std::vector<std::string> all() const;
  /// "NAME=value" of those of `names` that are set: what a child process may see.
  std::vector<std::string> only(const std::vector<std::string_view>& names) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace rbee
