#pragma once
// What a check of the source tree reports.

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace rbee::style {

/// One violation. `line` counts from 1; 0: the file as a whole.
struct Finding {
  std::string path;
  std::size_t line = 0;
  std::string message;
};

inline bool operator==(const Finding& a, const Finding& b) {
  return a.path == b.path && a.line == b.line && a.message == b.message;
}

using Findings = std::vector<Finding>;

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << "\n  " << finding.path << ':' << finding.line << ": " << finding.message;
}

}  // namespace rbee::style
