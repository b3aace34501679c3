#pragma once
// This machine's name.

#include <string>

namespace rbee {

/// As gethostname(2) gives it; "localhost" when it has none.
std::string host_name();

}  // namespace rbee
