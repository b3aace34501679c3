// rbee test on this machine: the real programs, demo models, a home of its own.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "matrix/limits.h"
#include "matrix/results.h"
#include "program_run.h"
#include "temporary_folder.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const fs::path kModels = fs::path(RBEE_SOURCE_DIR) / "models";

class MatrixTest : public testing::Test {
 protected:
  MatrixTest() {
    environment_ = {"PATH=/usr/bin:/bin", "HOME=" + folder_.path().string(), "RBEE_HOME=" + home().string(),
                    "RBEE_WORKER=" + std::string(RBEE_WORKER_PROGRAM)};
  }
  ~MatrixTest() override { hive({"worker", "stop-all", "--timeout", "1"}); }

  fs::path home() const { return folder_.path() / "home"; }
  ProgramResult hive(const std::vector<std::string>& arguments) const {
    return run_program(RBEE_HIVE_PROGRAM, arguments, environment_);
  }
  ProgramResult rbee(const std::vector<std::string>& arguments,
                     const std::function<bool(const ProgramResult&)>& interrupt_when = {}) const {
    return run_program(RBEE_KEEPER_PROGRAM, arguments, environment_, interrupt_when);
  }
  // A copy of a demo model that a test may damage.
  fs::path import_copy(const std::string& demo, const std::string& id) {
    const fs::path copy = folder_.path() / id;
    fs::copy(kModels / demo, copy, fs::copy_options::recursive);
    EXPECT_EQ(hive({"models", "import", copy.string(), "--id", id}).code, 0);
    return copy;
  }
  matrix::Run results(const std::string& folder) const {
    const fs::path file = folder_.path() / folder / "results.jsonl";
    return matrix::parse_results(read_file(file, matrix::kResultsBytesMax), file.string());
  }
  std::string out(const std::string& name) const { return (folder_.path() / name).string(); }
  // What still runs of the pool's workers.
  std::size_t workers() const {
    return parse_json(hive({"worker", "list", "--json"}).out, "workers").at("workers").as_array().size();
  }

  TemporaryFolder folder_;
  std::vector<std::string> environment_;
};

// AddressSanitizer keeps freed memory for a while, which the watch over many requests takes for a leak.
#if defined(RBEE_SANITIZED)
constexpr matrix::Depth kDeepest = matrix::Depth::kStandard;
#else
constexpr matrix::Depth kDeepest = matrix::Depth::kFull;
#endif

TEST_F(MatrixTest, a_good_model_passes_in_every_depth) {
  import_copy("demo-qwen", "good");
  std::vector<std::string> deepest = {"test", "--backends", "cpu", "--out", out("full")};
  if (kDeepest == matrix::Depth::kFull) deepest.push_back("--full");
  const ProgramResult full = rbee(deepest);
  EXPECT_EQ(full.code, 0) << full.out << full.err;
  EXPECT_NE(full.out.find("Testing: good on cpu @ localhost\n  Waiting for worker to start...\n  Testing inference...\n"
                          "✓ good works on cpu @ localhost\n\n"),
            std::string::npos)
      << full.out;
  EXPECT_TRUE(full.out.ends_with("\n  Passed:  1\n  Failed:  0\n  Skipped: 0\n\n✓ All tests passed!\n")) << full.out;
  const matrix::Run run = results("full");
  for (const matrix::Check check : matrix::required_checks(kDeepest)) {
    ASSERT_NE(run.cells.at(0).find(check), nullptr) << check_name(check);
    EXPECT_NE(run.cells.at(0).find(check)->standing, matrix::Standing::kNotMade) << check_name(check);
  }
  EXPECT_GT(run.cells[0].figure(matrix::Check::kLogits, matrix::figure::kPositions).value_or(0), 100);
  EXPECT_NE(read_file(fs::path(out("full")) / "MODEL_SUPPORT.md", 1 << 20).find("| good | ✅ |"), std::string::npos);
  EXPECT_NE(read_file(fs::path(out("full")) / "junit.xml", 1 << 20).find("failures=\"0\""), std::string::npos);
  EXPECT_EQ(rbee({"test", "--quick", "--backends", "cpu", "--out", out("quick")}).code, 0);
  EXPECT_EQ(rbee({"test", "diff", out("full"), out("quick")}).code, 0);
  EXPECT_EQ(workers(), 0U);
}

TEST_F(MatrixTest, a_damaged_model_fails_and_the_others_go_on) {
  const fs::path damaged = import_copy("demo-qwen", "damaged");
  import_copy("demo-llama", "whole");
  std::fstream file(damaged / "model.safetensors", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1'000'000);
  file.write("damage", 6);
  file.close();
  const ProgramResult result = rbee({"test", "--backends", "cpu", "--json", "--quick"});
  EXPECT_EQ(result.code, 1) << result.err;
  const json::value document = parse_json(result.out, "rbee test --json");
  EXPECT_EQ(document.at("summary").at("passed").to_number<int>(), 1);
  EXPECT_EQ(document.at("summary").at("failed").to_number<int>(), 1);
  for (const json::value& cell : document.at("cells").as_array()) {
    const bool bad = cell.at("model").as_string() == "damaged";
    EXPECT_EQ(cell.at("state").as_string(), bad ? "fail" : "pass");
    const std::string reason(cell.at("reason").as_string());
    EXPECT_EQ(reason.find("model.safetensors") != std::string::npos, bad) << reason;
  }
}

TEST_F(MatrixTest, what_is_not_there_is_skipped_with_its_reason) {
  import_copy("demo-qwen", "good");
  const ProgramResult result = rbee({"test", "--models", "good,nosuch", "--backends", "cpu,metal", "--quick"});
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_NE(result.out.find("  Passed:  1\n  Failed:  0\n  Skipped: 3\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("- nosuch unavailable on cpu @ localhost: not in the pool's catalog"), std::string::npos)
      << result.out;
  const ProgramResult nothing = rbee({"test", "--backends", "metal", "--quick"});
  EXPECT_EQ(nothing.code, 1);  // nothing was shown to work
  EXPECT_EQ(rbee({"test", "--backends", "cpuu"}).code, 2);
  EXPECT_EQ(rbee({"test", "--models", "a,a"}).code, 2);
  EXPECT_EQ(rbee({"test", "--quick", "--full"}).code, 2);
  EXPECT_EQ(rbee({"test", "diff", out("nowhere"), out("nowhere")}).code, 1);
}

TEST_F(MatrixTest, a_regression_is_named_with_the_check_and_both_values) {
  const fs::path model = import_copy("demo-qwen", "good");
  ASSERT_EQ(rbee({"test", "--backends", "cpu"}).code, 0);
  json::value expected = parse_json(read_file(model / "expected.json", 1 << 20), "expected.json");
  expected.at("cases").at(1).at("greedy").as_array()[3] = 5;
  write_file_atomically(model / "expected.json", json_text(expected));
  ASSERT_EQ(hive({"models", "import", model.string(), "--id", "good", "--replace"}).code, 0);
  const ProgramResult result = rbee({"test", "--backends", "cpu", "--out", out("now")});
  EXPECT_EQ(result.code, 1);
  const matrix::CellRecord cell = results("now").cells.at(0);
  EXPECT_EQ(cell.verdict.state, matrix::CellState::kRegression);
  EXPECT_NE(cell.verdict.reason.find("expected answers: differences 0 then, "), std::string::npos)
      << cell.verdict.reason;
  EXPECT_NE(result.out.find("✗ good fails on cpu @ localhost: worked on 20"), std::string::npos) << result.out;
}

TEST_F(MatrixTest, ctrl_c_stops_the_workers_and_keeps_what_there_is) {
  for (const char* id : {"one", "two", "three"}) import_copy("demo-qwen", id);
  const ProgramResult result =
      rbee({"test", "--backends", "cpu", "--full", "--out", out("cut")},
           [](const ProgramResult& so_far) { return so_far.out.find("Testing: two") != std::string::npos; });
  EXPECT_EQ(result.code, 130) << result.out << result.err;
  const matrix::Run run = results("cut");
  EXPECT_TRUE(run.head.interrupted);
  EXPECT_EQ(run.cells.size(), 3U);
  EXPECT_EQ(run.cells.at(2).verdict.state, matrix::CellState::kNotRun);
  EXPECT_NE(result.out.find("Interrupted"), std::string::npos) << result.out;
  EXPECT_EQ(workers(), 0U);
}

TEST_F(MatrixTest, the_script_reports_in_the_same_form) {
  import_copy("demo-qwen", "good");
  std::vector<std::string> environment = environment_;
  environment.push_back("RBEE=" + std::string(RBEE_KEEPER_PROGRAM));
  const std::string script = std::string(RBEE_SOURCE_DIR) + "/.docs/testing/test_all_models.sh";
  const ProgramResult good = run_program("/bin/bash", {script, "--backends", "cpu"}, environment);
  EXPECT_EQ(good.code, 0) << good.out << good.err;
  EXPECT_EQ(good.out,
            "Testing: good on cpu @ localhost\n  Waiting for worker to start...\n  Testing inference...\n"
            "✓ good works on cpu @ localhost\n\n  Passed:  1\n  Failed:  0\n  Skipped: 0\n\n✓ All tests passed!\n");
  const ProgramResult bad =
      run_program("/bin/bash", {script, "--backends", "cpu", "--models", "good,nosuch"}, environment);
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.out.find("✗ nosuch fails on cpu @ localhost: no model 'nosuch'"), std::string::npos) << bad.out;
  EXPECT_NE(bad.out.find("  Passed:  1\n  Failed:  1\n"), std::string::npos) << bad.out;
  EXPECT_EQ(run_program("/bin/bash", {script, "--colour"}, environment).code, 2);
  EXPECT_EQ(workers(), 0U);
}

}  // namespace
}  // namespace rbee::e2e
