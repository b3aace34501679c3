#include "bench/bench_result.h"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "base/error.h"

namespace rbee::keeper {
namespace {

BenchResult sample() {
  BenchResult result;
  result.pool = "localhost";
  result.model = "tinyllama";
  result.backend = "cpu";
  result.device = "a processor";
  result.dtype = "BF16";
  result.threads = 2;
  result.start_seconds = 0.5;
  result.rss_peak_bytes = 1'500'000'000;
  result.read_gb_s = 40;
  result.float_gops = 400;
  result.tests = {{.n_prompt = 512, .samples_ts = {100, 110, 120}, .limit_ts = 220},
                  {.n_gen = 128, .samples_ts = {10}},
                  {.n_gen = 128, .n_depth = 4096, .samples_ts = {8, 8}},
                  {.n_gen = 128, .n_streams = 8, .samples_ts = {35, 45}, .limit_ts = 80}};
  return result;
}

TEST(BenchResult, means_and_deviations_are_those_of_a_sample) {
  const BenchResult result = sample();
  EXPECT_DOUBLE_EQ(result.tests[0].avg_ts(), 110);
  EXPECT_DOUBLE_EQ(result.tests[0].stddev_ts(), 10);
  EXPECT_DOUBLE_EQ(result.tests[1].stddev_ts(), 0);
  EXPECT_EQ(result.tests[2].name(), "tg128 @ d4096");
  EXPECT_EQ(result.tests[3].name(), "tg128 x8");
}

TEST(BenchResult, json_holds_everything_and_is_read_back) {
  const std::string text = boost::json::serialize(to_json(sample()));
  EXPECT_NE(text.find(R"("n_prompt":512,"n_gen":0,"n_depth":0,"n_streams":1)"), std::string::npos) << text;
  const BenchResult back = parse_bench_result(text, "run.json");
  EXPECT_EQ(boost::json::serialize(to_json(back)), text);
}

TEST(BenchResult, what_is_no_result_is_refused_by_name) {
  for (const char* text :
       {"", "[]", "{}", R"({"tests":3})", R"({"tests":[{"n_gen":1}]})", R"({"tests":[{"samples_ts":["x"]}]})"}) {
    try {
      parse_bench_result(text, "run.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
      EXPECT_NE(std::string(error.what()).find("run.json"), std::string::npos);
    }
  }
}

TEST(BenchResult, tables_show_figures_beside_their_limits) {
  EXPECT_NE(bench_text(sample()).find("50%"), std::string::npos) << bench_text(sample());
  EXPECT_NE(bench_markdown(sample()).find("| pp512 | 110.00 ± 10.00 | 220.0 | 50% |"), std::string::npos);
  EXPECT_NE(bench_csv(sample()).find("\n0,128,4096,1,8.0000,0.0000,\n"), std::string::npos) << bench_csv(sample());
}

TEST(BenchResult, runs_are_compared_test_by_test) {
  BenchResult after = sample();
  after.tests[0].samples_ts = {220};
  after.tests.pop_back();
  after.tests.push_back({.n_gen = 64, .samples_ts = {5}});
  const std::string text = bench_comparison(sample(), after);
  EXPECT_NE(text.find("2.00\n"), std::string::npos) << text;
  EXPECT_NE(text.find("tg64"), std::string::npos);
  EXPECT_NE(text.find("tg128 x8"), std::string::npos);
}

}  // namespace
}  // namespace rbee::keeper
