#pragma once
// Text from outside, as people may be shown it.

#include <cstddef>
#include <string>
#include <string_view>

namespace rbee {

/// `text` fit for a terminal: control characters as \xNN, cut after `bytes_max`.
std::string printable(std::string_view text, std::size_t bytes_max = 200);

}  // namespace rbee
