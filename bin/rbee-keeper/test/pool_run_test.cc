#include "test/pool_run.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "test/cell_run.h"
#include "test/expected_checks.h"
#include "test/reference_scores.h"
#include "test/run_folder.h"
#include "test/testing/fake_pool.h"

namespace rbee::keeper {
namespace {

using matrix::CellState;

constexpr const char* kDevices = R"({"backends":["cpu"],"cpu":{"model":"X","usable_cores":2,"memory_bytes":1000},
  "cuda":{"available":false,"reason":"no NVIDIA driver","devices":[]},
  "vulkan":{"available":true,"reason":"","devices":[{"gpu":0,"name":"llvmpipe","memory_bytes":5}]}})";
constexpr const char* kCatalog = R"({"version":"1.0","pool_id":"p","updated_at":"2026-11-22T00:00:00Z","models":[
  {"id":"alpha","name":"a","path":"alpha","downloaded":true,"format":"safetensors"},
  {"id":"beta","name":"b","path":"beta","downloaded":true,"format":"safetensors"},
  {"id":"known","name":"k","path":"known","downloaded":false}]})";

class PoolRunTest : public testing::Test {
 protected:
  PoolRunTest() {
    pool_.answer("devices", {0, kDevices, ""});
    pool_.answer("--version", {0, "rbee-hive 1\n", ""});
    pool_.answer("models catalog", {0, kCatalog, ""});
    pool_.answer("models verify", {0, R"({"models":[{"id":"a","good":true,"files":[]}]})", ""});
    pool_.answer("models expected", {0, R"({"id":"a","expected":null})", ""});
    pool_.answer("worker logs", {0, R"({"lines":["first","last words"]})", ""});
    pool_.answer("worker stop", {0, R"({"outcome":"already dead"})", ""});
    plan_.depth = matrix::Depth::kQuick;
    plan_.backends = {"cpu"};
    plan_.models = {"alpha"};
  }

  std::vector<matrix::CellRecord> run() {
    std::vector<matrix::CellRecord> cells;
    run_pool(pool_, {plan_, clock_, stop_},
             {.pool_found = [&](const matrix::PoolRecord& found) { machine_ = found; },
              .cells_planned = [&](const std::vector<matrix::CellKey>& keys) { planned_ = keys.size(); },
              .cell_step = [](const matrix::CellKey&, std::string_view) {},
              .cell_done = [&](matrix::CellRecord cell) { cells.push_back(std::move(cell)); }});
    EXPECT_EQ(cells.size(), planned_);
    return cells;
  }

  FakePool pool_{"ws"};
  TestPlan plan_;
  const SystemClock clock_{};
  std::atomic<bool> stop_ = false;
  matrix::PoolRecord machine_;
  std::size_t planned_ = 0;
};

TEST_F(PoolRunTest, a_backend_that_is_not_built_is_unsupported_and_tried_once) {
  pool_.refuse(
      "worker spawn", "unavailable",
      "worker w ended with exit code 1; its log ends with: T error backend 'cpu' is not in this build; it has: x");
  plan_.models = {"alpha", "beta"};
  const auto cells = run();
  ASSERT_EQ(cells.size(), 2U);
  for (const matrix::CellRecord& cell : cells) {
    EXPECT_EQ(cell.verdict.state, CellState::kUnsupported);
    EXPECT_EQ(cell.verdict.reason, "backend 'cpu' is not in this build; it has: x");
  }
  EXPECT_EQ(pool_.count("worker spawn"), 1U);
  EXPECT_EQ(pool_.count("worker stop"), 1U);  // it may be loading still
}

TEST_F(PoolRunTest, a_worker_that_does_not_start_fails_with_its_reason) {
  pool_.refuse("worker spawn", "exhausted", "alpha needs 10.0 TB, 1.0 GB are available");
  EXPECT_EQ(run().at(0).verdict.state, CellState::kFail);
}

TEST_F(PoolRunTest, a_worker_that_dies_is_a_failure_with_the_end_of_its_log) {
  // Nobody listens on port 1.
  pool_.answer("worker spawn", {0, R"({"host":"127.0.0.1","port":1,"start_seconds":0.1,"estimate_bytes":5})", ""});
  plan_.models = {"alpha", "beta"};
  const auto cells = run();
  ASSERT_EQ(cells.size(), 2U);  // the next one goes on
  EXPECT_EQ(cells[0].verdict.state, CellState::kFail);
  EXPECT_NE(cells[0].verdict.reason.find("the worker died during 'start'"), std::string::npos)
      << cells[0].verdict.reason;
  EXPECT_EQ(cells[0].log.back(), "last words");
  EXPECT_EQ(pool_.count("worker stop"), 2U);
}

TEST_F(PoolRunTest, without_a_device_nothing_is_started) {
  plan_.backends = {"cuda"};
  const auto cells = run();
  EXPECT_EQ(cells.at(0).verdict.state, CellState::kUnavailable);
  EXPECT_EQ(cells[0].verdict.reason, "no device: no NVIDIA driver");
  EXPECT_EQ(pool_.count("worker spawn"), 0U);
}

TEST_F(PoolRunTest, automatic_backends_are_those_with_a_device_and_models_those_on_disk) {
  plan_.backends = {};
  plan_.models = {};
  pool_.refuse("worker spawn", "io", "no");
  EXPECT_EQ(run().size(), 4U);  // alpha and beta on cpu and vulkan
}

TEST_F(PoolRunTest, models_that_cannot_be_had_are_unavailable) {
  plan_.models = {"strange", "known"};
  pool_.refuse("models register", "bad_request", "'strange' is none of the known models");
  pool_.refuse("models download", "unavailable", "no network");
  const auto cells = run();
  EXPECT_EQ(cells.at(0).verdict.state, CellState::kUnavailable);
  EXPECT_NE(cells[0].verdict.reason.find("none of the known models"), std::string::npos);
  EXPECT_EQ(cells.at(1).verdict.state, CellState::kUnavailable);
  EXPECT_NE(cells[1].verdict.reason.find("no network"), std::string::npos);
}

TEST_F(PoolRunTest, bad_files_are_a_failure_that_names_them) {
  pool_.answer("models verify", {1, R"({"models":[{"id":"alpha","good":false,"files":[
      {"path":"m.safetensors","good":false,"message":"m.safetensors: another sha256"}]}]})",
                                 ""});
  const auto cells = run();
  EXPECT_EQ(cells.at(0).verdict.state, CellState::kFail);
  EXPECT_NE(cells[0].verdict.reason.find("m.safetensors"), std::string::npos);
  EXPECT_EQ(pool_.count("worker spawn"), 0U);
}

TEST_F(PoolRunTest, a_pool_that_does_not_answer_is_unavailable) {
  pool_.answer("devices", {255, "", "ssh: connect to host ws: No route to host\n"});
  const auto cells = run();
  EXPECT_EQ(cells.at(0).verdict.state, CellState::kUnavailable);
  EXPECT_NE(machine_.problem.find("No route to host"), std::string::npos) << machine_.problem;
}

TEST_F(PoolRunTest, what_was_not_begun_when_it_was_interrupted_is_not_run) {
  stop_ = true;
  EXPECT_EQ(run().at(0).verdict.state, CellState::kNotRun);
  EXPECT_EQ(pool_.count("worker spawn"), 0U);
}

TEST(ExpectedCases, another_form_is_named) {
  EXPECT_THROW(expected_cases(parse_json("{}", "e")), Error);
  EXPECT_THROW(expected_cases(parse_json(R"({"cases":[{"ids":[]}]})", "e")), Error);
  EXPECT_THROW(expected_cases(parse_json(R"({"cases":[{"ids":["a"]}]})", "e")), Error);
  EXPECT_EQ(expected_cases(parse_json(R"({"cases":[{"ids":[1],"greedy":[2]}]})", "e")).at(0).greedy.at(0), 2);
}

TEST(ReferenceCache, keeps_scores_by_digest_and_version) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("rbee_cache_" + random_hex(6));
  const ReferenceCache cache(folder);
  const std::string digest(64, 'a');
  EXPECT_FALSE(cache.find(digest, "1"));
  cache.keep(digest, "1", {{5}, {{"x", {{"x", -0.5}}}}, {7}, {{"y", {{"y", -1}}}}});
  ASSERT_TRUE(cache.find(digest, "1"));
  EXPECT_EQ(cache.find(digest, "1")->scores.at(0).top.at(0).logprob, -0.5);
  EXPECT_FALSE(cache.find(digest, "2"));
  EXPECT_FALSE(cache.find("../../etc/passwd", "1"));
  std::filesystem::remove_all(folder);
}

TEST(RunFolder, runs_of_one_second_get_folders_of_their_own) {
  const std::filesystem::path runs = std::filesystem::temp_directory_path() / ("rbee_runs_" + random_hex(6));
  const WallTime now{};
  EXPECT_NE(make_run_folder(runs, now), make_run_folder(runs, now));
  EXPECT_FALSE(last_seen(runs));
  std::filesystem::remove_all(runs);
}

}  // namespace
}  // namespace rbee::keeper
