#include "bench/bench_result.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/units.h"
#include "console/terminal.h"

namespace rbee::keeper {

namespace json = boost::json;

namespace {

using console::padded;

constexpr std::size_t kTestsMax = 10'000;

double number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

std::uint32_t count(const json::object& object, std::string_view name) {
  return static_cast<std::uint32_t>(std::clamp(number(object, name), 0.0, 4e9));
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

json::value test_document(const BenchTest& test) {
  json::object out{{"n_prompt", test.n_prompt},
                   {"n_gen", test.n_gen},
                   {"n_depth", test.n_depth},
                   {"n_streams", test.n_streams},
                   {"avg_ts", test.avg_ts()},
                   {"stddev_ts", test.stddev_ts()},
                   {"samples_ts", json::array(test.samples_ts.begin(), test.samples_ts.end())}};
  if (test.limit_ts > 0) {
    out["limit_ts"] = test.limit_ts;
    out["percent"] = 100 * test.avg_ts() / test.limit_ts;
  }
  return out;
}

BenchTest parse_test(const json::object& object) {
  BenchTest test{.n_prompt = count(object, "n_prompt"),
                 .n_gen = count(object, "n_gen"),
                 .n_depth = count(object, "n_depth"),
                 .n_streams = std::max(count(object, "n_streams"), 1U),
                 .samples_ts = {},
                 .limit_ts = number(object, "limit_ts")};
  for (const json::value& sample : object.at("samples_ts").as_array()) {
    test.samples_ts.push_back(sample.to_number<double>());
  }
  return test;
}

std::string percent_text(const BenchTest& test) {
  return test.limit_ts > 0 ? fmt::format("{:.0f}%", 100 * test.avg_ts() / test.limit_ts) : "-";
}

std::string limit_text(const BenchTest& test) {
  return test.limit_ts > 0 ? fmt::format("{:.1f}", test.limit_ts) : "-";
}

std::string heading(const BenchResult& result) {
  std::string peaks = "peaks: not measured";
  if (result.read_gb_s > 0) {
    peaks = fmt::format("peaks: {:.1f} GB/s read, {:.0f} Gop/s float32", result.read_gb_s, result.float_gops);
    if (result.bf16_gops > 0) peaks += fmt::format(", {:.0f} bf16", result.bf16_gops);
    if (result.int8_gops > 0) peaks += fmt::format(", {:.0f} int8", result.int8_gops);
  }
  return fmt::format("{} ({}) on {} @ {}: {}\nready after {:.2f} s, {} at the peak\n{}\n", result.model, result.dtype,
                     result.backend, result.pool, result.device, result.start_seconds,
                     human_bytes(result.rss_peak_bytes), peaks);
}

const BenchTest* same_test(const BenchResult& result, const BenchTest& test) {
  const auto found = std::find_if(result.tests.begin(), result.tests.end(),
                                  [&](const BenchTest& one) { return one.name() == test.name(); });
  return found == result.tests.end() ? nullptr : &*found;
}

}  // namespace

double BenchTest::avg_ts() const {
  double sum = 0;
  for (const double sample : samples_ts) sum += sample;
  return samples_ts.empty() ? 0 : sum / static_cast<double>(samples_ts.size());
}

double BenchTest::stddev_ts() const {
  if (samples_ts.size() < 2) return 0;
  const double mean = avg_ts();
  double sum = 0;
  for (const double sample : samples_ts) sum += (sample - mean) * (sample - mean);
  return std::sqrt(sum / static_cast<double>(samples_ts.size() - 1));
}

std::string BenchTest::name() const {
  std::string name = n_gen > 0 ? fmt::format("tg{}", n_gen) : fmt::format("pp{}", n_prompt);
  if (n_depth > 0) name += fmt::format(" @ d{}", n_depth);
  if (n_streams > 1) name += fmt::format(" x{}", n_streams);
  return name;
}

json::value to_json(const BenchResult& result) {
  json::array tests;
  for (const BenchTest& test : result.tests) tests.push_back(test_document(test));
  return {{"tests", std::move(tests)},
          {"pool", result.pool},
          {"model", result.model},
          {"backend", result.backend},
          {"device", result.device},
          {"dtype", result.dtype},
          {"threads", result.threads},
          {"start_seconds", result.start_seconds},
          {"rss_peak_bytes", result.rss_peak_bytes},
          {"vram_bytes", result.vram_bytes},
          {"peaks",
           {{"read_gb_s", result.read_gb_s},
            {"float_gops", result.float_gops},
            {"bf16_gops", result.bf16_gops},
            {"int8_gops", result.int8_gops}}},
          {"rbee_version", result.rbee_version}};
}

BenchResult parse_bench_result(std::string_view source_text, std::string_view source) {
  const json::value document = parse_json(source_text, source, {.error_kind = ErrorKind::kBadFile});
  try {
    const json::object& object = document.as_object();
    BenchResult result;
    result.pool = text(object, "pool");
    result.model = text(object, "model");
    result.backend = text(object, "backend");
    result.device = text(object, "device");
    result.dtype = text(object, "dtype");
    result.rbee_version = text(object, "rbee_version");
    result.threads = count(object, "threads");
    result.start_seconds = number(object, "start_seconds");
    result.rss_peak_bytes = static_cast<std::uint64_t>(std::clamp(number(object, "rss_peak_bytes"), 0.0, 1e18));
    if (const json::value* peaks = object.if_contains("peaks"); peaks != nullptr && peaks->is_object()) {
      result.read_gb_s = number(peaks->as_object(), "read_gb_s");
      result.float_gops = number(peaks->as_object(), "float_gops");
      result.bf16_gops = number(peaks->as_object(), "bf16_gops");
      result.int8_gops = number(peaks->as_object(), "int8_gops");
    }
    const json::array& tests = object.at("tests").as_array();
    if (tests.size() > kTestsMax)
      fail(ErrorKind::kBadFile, "{}: {} tests, at most {}", source, tests.size(), kTestsMax);
    for (const json::value& test : tests) result.tests.push_back(parse_test(test.as_object()));
    return result;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(ErrorKind::kBadFile, "{}: not what 'rbee bench --json' writes: {}", source, error.what());
  }
}

std::string bench_text(const BenchResult& result) {
  std::string out = heading(result);
  out += fmt::format("{}{:>12}{:>10}{:>12}{:>9}\n", padded("test", 20), "tokens/s", "stddev", "limit", "percent");
  for (const BenchTest& test : result.tests) {
    out += fmt::format("{}{:>12.2f}{:>10.2f}{:>12}{:>9}\n", padded(test.name(), 20), test.avg_ts(), test.stddev_ts(),
                       limit_text(test), percent_text(test));
  }
  return out;
}

std::string bench_markdown(const BenchResult& result) {
  std::string out = heading(result) + "\n| test | tokens/s | limit | percent |\n|---|---|---|---|\n";
  for (const BenchTest& test : result.tests) {
    out += fmt::format("| {} | {:.2f} ± {:.2f} | {} | {} |\n", test.name(), test.avg_ts(), test.stddev_ts(),
                       limit_text(test), percent_text(test));
  }
  return out;
}

std::string bench_csv(const BenchResult& result) {
  std::string out = "n_prompt,n_gen,n_depth,n_streams,avg_ts,stddev_ts,limit_ts\n";
  for (const BenchTest& test : result.tests) {
    out += fmt::format("{},{},{},{},{:.4f},{:.4f},{}\n", test.n_prompt, test.n_gen, test.n_depth, test.n_streams,
                       test.avg_ts(), test.stddev_ts(), test.limit_ts > 0 ? fmt::format("{:.4f}", test.limit_ts) : "");
  }
  return out;
}

std::string bench_comparison(const BenchResult& before, const BenchResult& after) {
  std::string out = fmt::format("{}{:>12}{:>12}{:>9}\n", padded("test", 20), "before", "after", "ratio");
  for (const BenchTest& test : after.tests) {
    const BenchTest* const old = same_test(before, test);
    if (old == nullptr || old->avg_ts() <= 0) {
      out += fmt::format("{}{:>12}{:>12.2f}{:>9}\n", padded(test.name(), 20), "-", test.avg_ts(), "-");
      continue;
    }
    out += fmt::format("{}{:>12.2f}{:>12.2f}{:>9.2f}\n", padded(test.name(), 20), old->avg_ts(), test.avg_ts(),
                       test.avg_ts() / old->avg_ts());
  }
  for (const BenchTest& test : before.tests) {
    if (same_test(after, test) != nullptr) continue;
    out += fmt::format("{}{:>12.2f}{:>12}{:>9}\n", padded(test.name(), 20), test.avg_ts(), "-", "-");
  }
  return out;
}

}  // namespace rbee::keeper
