#pragma once
// Rows and columns of a run's table.

#include <compare>
#include <string>
#include <vector>

#include "matrix/results.h"

namespace rbee::matrix {

struct Column {
  std::string pool, backend;
  friend auto operator<=>(const Column&, const Column&) = default;
};

struct Layout {
  std::vector<std::string> models;
  std::vector<Column> columns;
};

/// Every model and every place of the run, each once, sorted.
Layout layout_of(const Run& run);

}  // namespace rbee::matrix
