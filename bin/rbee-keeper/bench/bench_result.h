#pragma once
// What one `rbee bench` measured, and its form on disk.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace rbee::keeper {

/// One speed. A prompt is processed (n_prompt), or tokens are generated (n_gen) after n_depth others, by n_streams
/// requests at once.
struct BenchTest {
  std::uint32_t n_prompt = 0, n_gen = 0, n_depth = 0, n_streams = 1;
  std::vector<double> samples_ts;  ///< tokens per second of each round, all streams together
  double limit_ts = 0;             ///< what the machine's peaks allow; 0: not known

  double avg_ts() const;
  double stddev_ts() const;  ///< of the samples, with n - 1; 0 for one
  /// "pp512", "tg128", "tg128 @ d4096", "tg128 x8".
  std::string name() const;
};

struct BenchResult {
  std::string pool, model, backend, device, dtype, rbee_version;
  std::uint32_t threads = 0;  ///< asked for; 0: the worker's choice
  double start_seconds = 0;   ///< from the start of the worker to ready
  std::uint64_t rss_peak_bytes = 0, vram_bytes = 0;
  double read_gb_s = 0, float_gops = 0, bf16_gops = 0, int8_gops = 0;  ///< peaks; 0: not measured or not there
  std::vector<BenchTest> tests;
};

/// {"tests":[{"n_prompt","n_gen","n_depth","n_streams","avg_ts","stddev_ts","samples_ts","limit_ts","percent"}],…}
boost::json::value to_json(const BenchResult& result);
/// Reads what to_json() wrote; `source` names the file in errors. Throws Error{kBadFile}.
BenchResult parse_bench_result(std::string_view text, std::string_view source);

/// For people: aligned columns; a markdown table; CSV with a header line.
std::string bench_text(const BenchResult& result);
std::string bench_markdown(const BenchResult& result);
std::string bench_csv(const BenchResult& result);

/// A line per test of both runs, with the ratio of the later to the earlier; tests of one of them alone are named.
std::string bench_comparison(const BenchResult& before, const BenchResult& after);

}  // namespace rbee::keeper
