#include "matrix/results.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "matrix/escape.h"
#include "matrix/history.h"
#include "matrix/junit.h"
#include "matrix/summary.h"
#include "matrix/support_page.h"
#include "matrix/testing/good_records.h"

namespace rbee::matrix {
namespace {

constexpr const char* kHostile = "x](http://e) | <b>&\"'\n\x1b[31m--> `code`";

Run sample_run() {
  Run run;
  run.head.started_at = "2026-11-20T08:00:00Z";
  run.head.rbee_version = "rbee 0.1.0";
  run.head.pools = {
      {.name = "ws", .cpu = kHostile, .cores = 8, .backends = {{"cpu", true, "AVX"}, {"cuda", false, "no driver"}}}};
  run.cells = {good_cell({"ws", "cpu", "alpha"}), good_cell({"ws", "cpu", kHostile})};
  CellRecord failing = good_cell({"ws", "cpu", "beta"});
  failing.obstacles = {{CellState::kFail, kHostile}};
  failing.verdict = verdict(failing.checks, failing.obstacles, Depth::kStandard);
  failing.log = {kHostile};
  run.cells.push_back(failing);
  CellRecord absent;
  absent.key = {"ws", "cuda", "alpha"};
  absent.obstacles = {{CellState::kUnavailable, "no device"}};
  absent.verdict = verdict({}, absent.obstacles, Depth::kStandard);
  run.cells.push_back(absent);
  return run;
}

TEST(Results, what_was_written_is_read_back_the_same) {
  const std::string text = results_text(sample_run());
  const matrix::Run again = parse_results(text, "results.jsonl");
  EXPECT_EQ(results_text(again), text);
  EXPECT_EQ(again.cells.size(), 4U);
  EXPECT_EQ(support_page(again), support_page(sample_run()));
}

TEST(Results, damaged_records_are_named) {
  const std::string text = results_text(sample_run());
  EXPECT_THROW(parse_results("", "r"), Error);
  EXPECT_THROW(parse_results("{}", "r"), Error);
  EXPECT_THROW(parse_results(text.substr(0, text.size() - 20), "r"), Error);
  const std::string second = text.substr(text.find('\n') + 1);
  EXPECT_THROW(parse_results(second, "r"), Error);                                      // no head
  EXPECT_THROW(parse_results(text + second.substr(0, second.find('\n')), "r"), Error);  // one cell twice
  EXPECT_THROW(parse_results(R"({"record":"run","version":2,"started_at":"x"})", "r"), Error);
  std::string no_object = text;
  no_object.replace(no_object.find("\"figures\":{"), 11, "\"figures\":7,\"were\":{");
  EXPECT_THROW(parse_results(no_object, "r"), Error);
}

TEST(Results, unknown_checks_of_later_versions_are_skipped) {
  std::string text = results_text(sample_run());
  text.replace(text.find("\"tokenizer\""), 11, "\"telepathy\"");
  EXPECT_EQ(parse_results(text, "r").cells.front().find(Check::kTokenizer), nullptr);
}

TEST(Summary, counts_and_exit_codes) {
  const Summary summary = summarize(sample_run());
  EXPECT_EQ(summary.passed, 2U);
  EXPECT_EQ(summary.failed, 1U);
  EXPECT_EQ(summary.skipped, 1U);
  EXPECT_EQ(exit_code(summary), 1);
  EXPECT_EQ(exit_code({3, 0, 2}), 0);
  EXPECT_EQ(exit_code({0, 0, 2}), 1);
  EXPECT_EQ(summary_text({8, 0, 0}), "  Passed:  8\n  Failed:  0\n  Skipped: 0\n\n✓ All tests passed!\n");
  EXPECT_EQ(last_line({1, 2, 0}), "✗ 2 tests failed");
  EXPECT_EQ(cell_line(good_cell({"workstation", "cpu", "tinyllama"})), "✓ tinyllama works on cpu @ workstation");
}

TEST(Regression, is_named_with_the_check_and_both_values) {
  matrix::Run before = sample_run(), now = sample_run();
  CellRecord& cell = now.cells[0];
  for (CheckRecord& check : cell.checks) {
    if (check.check == Check::kLogits) check.set(figure::kWorstNmse, 0.25);
  }
  cell.verdict = verdict(cell.checks, {}, Depth::kStandard);
  mark_regressions(now, before);
  EXPECT_EQ(cell.verdict.state, CellState::kRegression);
  EXPECT_NE(cell.verdict.reason.find("worked on 2026-11-20: logits against reference: worst_nmse 1e-06 then, 0.25 now"),
            std::string::npos)
      << cell.verdict.reason;
  EXPECT_EQ(now.cells[2].verdict.state, CellState::kFail);  // it failed before, too
  EXPECT_EQ(now.cells[1].verdict.state, CellState::kPass);
}

TEST(Regression, two_runs_are_compared_cell_by_cell) {
  matrix::Run before = sample_run(), after = sample_run();
  EXPECT_TRUE(compare_runs(before, after).empty());
  for (CheckRecord& check : after.cells[0].checks) {
    if (check.check == Check::kSpeed) check.set(figure::kDecode, 40);
  }
  after.cells.erase(after.cells.begin() + 1);
  const std::vector<CellChange> changes = compare_runs(before, after);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].figures.at(0), "speed: decode_tokens_per_second 80 -> 40 (-50%)");
  EXPECT_FALSE(changes[0].worse);
  EXPECT_EQ(changes[1].after, "absent");
  EXPECT_TRUE(changes[1].worse);
  EXPECT_NE(diff_text(changes, "a", "b").find("2 cells changed, 1 worse"), std::string::npos);
}

TEST(Pages, nothing_from_outside_gets_through_unescaped) {
  const matrix::Run run = sample_run();
  const std::string page = support_page(run), junit = junit_text(run);
  EXPECT_EQ(page.find("x]("), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(junit.find("<b>"), std::string::npos);
  EXPECT_EQ(junit.find('\x1b'), std::string::npos);
  EXPECT_NE(junit.find("tests=\"4\" failures=\"1\" skipped=\"1\""), std::string::npos) << junit;
  for (const CellRecord& cell : run.cells) EXPECT_EQ(cell_line(cell).find('\x1b'), std::string::npos);
  EXPECT_EQ(table_text(run).find('\x1b'), std::string::npos);
}

TEST(Pages, text_is_escaped_for_where_it_stands) {
  EXPECT_EQ(markdown_text("a|b*c<d>"), "a\\|b\\*c&lt;d&gt;");
  EXPECT_EQ(xml_text("a<b>&\"'\x01"), "a&lt;b&gt;&amp;&quot;&apos;\xEF\xBF\xBD");
  EXPECT_EQ(xml_text("\xff"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace rbee::matrix
