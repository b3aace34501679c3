#pragma once
// Standard input, where it is no terminal.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace rbee::keeper {

/// All of it. Throws Error: kBadRequest when it is longer than `bytes_max`, kIo.
std::string read_standard_input(std::uint64_t bytes_max);

/// Lines of standard input, one at a time.
class InputLines {
 public:
  /// The next line without its end; nothing at the end of the input, or when `stops_now`, which is asked several times
  /// a second, says so. Throws Error: kBadRequest (a line longer than 1 MiB), kIo.
  std::optional<std::string> next(const std::function<bool()>& stops_now);

 private:
  std::string held_;
  bool ended_ = false;
};

}  // namespace rbee::keeper
