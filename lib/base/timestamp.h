#pragma once
// Wall time as records write it: RFC 3339 in UTC, whole seconds.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rbee {

/// "2026-11-22T19:15:42Z".
std::string timestamp(WallTime time);

/// The time of a text in exactly that form; nothing for any other text, a date that does not exist, or a year before
/// 1970 or after 2200.
std::optional<WallTime> parse_timestamp(std::string_view text);

}  // namespace rbee
