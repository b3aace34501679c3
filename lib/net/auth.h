#pragma once
// API keys: `Authorization: Bearer KEY`.

#include <array>
#include <optional>
#include <string_view>

namespace rbee::net {

/// Knows a key only by its SHA-256. Comparing takes the same time whatever the candidate is.
class ApiKey {
 public:
  /// `key` is not empty. It is hashed and forgotten.
  explicit ApiKey(std::string_view key);
  /// Whether `authorization` (the header's value, if any) carries the key. The scheme's case does not matter.
  bool allows(std::optional<std::string_view> authorization) const;

 private:
  std::array<unsigned char, 32> digest_;
};

}  // namespace rbee::net
