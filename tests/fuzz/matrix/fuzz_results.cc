// results.jsonl: any bytes either read or fail with an Error; what was read is written so that it reads as the same
// again, and every page of it can be made.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "matrix/history.h"
#include "matrix/junit.h"
#include "matrix/results.h"
#include "matrix/summary.h"
#include "matrix/support_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::matrix;  // NOLINT: all of it
  try {
    Run run = parse_results({reinterpret_cast<const char*>(data), size}, "results.jsonl");
    const std::string written = results_text(run);
    const Run again = parse_results(written, "results.jsonl");
    RBEE_CHECK(results_text(again) == written);
    RBEE_CHECK(compare_runs(again, again).empty());
    mark_regressions(run, again);
    RBEE_CHECK(!support_page(run).empty() && !junit_text(run).empty() && !table_text(run).empty());
    for (const CellRecord& cell : run.cells) RBEE_CHECK(!cell_line(cell).empty());
  } catch (const rbee::Error&) {
  }
  return 0;
}
