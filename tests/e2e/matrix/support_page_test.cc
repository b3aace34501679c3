// bin/llm-worker-rbee/docs/MODEL_SUPPORT.md is generated: the page and the record beside it must agree.

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "matrix/limits.h"
#include "matrix/results.h"
#include "matrix/support_page.h"

namespace rbee::matrix {
namespace {

TEST(SupportPage, is_what_its_record_says) {
  const std::filesystem::path page =
      std::filesystem::path(RBEE_SOURCE_DIR) / "bin/llm-worker-rbee/docs/MODEL_SUPPORT.md";
  const std::filesystem::path record = std::filesystem::path(page).replace_extension(".results.jsonl");
  const matrix::Run run = parse_results(read_file(record, kResultsBytesMax), record.string());
  EXPECT_EQ(read_file(page, kResultsBytesMax), support_page(run))
      << "MODEL_SUPPORT.md was edited by hand, or its form changed. To write it again from a new run:\n"
         "  rbee test --full --write-support bin/llm-worker-rbee/docs/MODEL_SUPPORT.md";
  EXPECT_FALSE(run.cells.empty());
  EXPECT_FALSE(run.head.interrupted);
}

}  // namespace
}  // namespace rbee::matrix
