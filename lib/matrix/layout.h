#pragma once
// Rows and columns of a run's table.

#include <string>
#include <tuple>
#include <vector>

#include "matrix/results.h"

namespace rbee::matrix {

struct Column {
  std::string pool, backend;
  friend bool operator==(const Column&, const Column&) = default;
  friend bool operator<(const Column& a, const Column& b) {
    return std::tie(a.pool, a.backend) < std::tie(b.pool, b.backend);
  }
};

struct Layout {
  std::vector<std::string> models;
  std::vector<Column> columns;
};

/// Every model and every place of the run, each once, sorted.
Layout layout_of(const Run& run);

}  // namespace rbee::matrix
