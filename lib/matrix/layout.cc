#include "matrix/layout.h"

#include <set>

namespace rbee::matrix {

Layout layout_of(const Run& run) {
  std::set<std::string> models;
  std::set<Column> columns;
  for (const CellRecord& cell : run.cells) {
    models.insert(cell.key.model);
    columns.insert({cell.key.pool, cell.key.backend});
  }
  return {{models.begin(), models.end()}, {columns.begin(), columns.end()}};
}

}  // namespace rbee::matrix
