// The fixture models with the coarser types of KV cache, against what transformers computed in float32.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "direct_model.h"
#include "engine/engine.h"
#include "engine/kv/kv_dtype.h"
#include "golden_model.h"

namespace rbee::golden {
namespace {

using formats::DType;

struct LogitError {
  double squares = 0, reference = 0;
  double nmse() const { return squares / reference; }
};

LogitError error_of(DirectModel& model, const GoldenModel& golden) {
  LogitError worst{0, 1};
  for (const GoldenCase& one : golden.cases) {
    const std::vector<float> logits = model.prefill(one.ids);
    LogitError error;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double difference = double{logits[i]} - one.logits[i];
      error.squares += difference * difference;
      error.reference += double{one.logits[i]} * one.logits[i];
    }
    if (error.nmse() > worst.nmse()) worst = error;
  }
  return worst;
}

// The worst prompt of all models, measured: bf16 4.8e-4, q8_0 2.0e-3 (f32 1.9e-7 and f16 5.1e-6: golden_test has them).
// These models are tiny; a larger one averages over more heads.
double nmse_bound(DType cache) {
  return cache == DType::kBF16 ? 2e-3 : 6e-3;
}

TEST(KvTypes, logits_stay_within_the_rounding_of_the_cache) {
  std::map<DType, double> worst;
  for (const GoldenModel& golden : fixture_models()) {
    if (golden.name == "tiny-llama-bf16") continue;  // its rotation frequencies were rounded: golden_test has it
    std::size_t positions = 0;
    for (const GoldenCase& one : golden.cases) positions = std::max(positions, one.ids.size());
    for (const DType cache : {DType::kBF16, DType::kQ8_0}) {
      DirectModel model(golden.path, "cpu", static_cast<std::uint32_t>(positions), RopePrecision::kFloat32, cache);
      const double nmse = error_of(model, golden).nmse();
      EXPECT_LE(nmse, nmse_bound(cache)) << golden.name << " with " << engine::kv_dtype_name(cache);
      worst[cache] = std::max(worst[cache], nmse);
    }
  }
  for (const auto& [cache, nmse] : worst) {
    std::printf("%-5s worst NMSE %.2e\n", std::string(engine::kv_dtype_name(cache)).c_str(), nmse);
  }
}

engine::EngineOptions options(const std::string& kv_dtype) {
  return {.model = std::filesystem::path(RBEE_SOURCE_DIR) / "models" / "demo-llama",
          .threads = 1,
          .context = 64,
          .sequences_max = 1,
          .kv_dtype = kv_dtype};
}

TEST(KvTypes, an_engine_says_what_its_cache_is_and_takes) {
  const auto half = engine::Engine::load(options(""), {}), q8_0 = engine::Engine::load(options("q8_0"), {});
  EXPECT_EQ(half->model().kv_dtype, "f16");
  EXPECT_EQ(q8_0->model().kv_dtype, "q8_0");
  EXPECT_EQ(half->model().kv_bytes * 34, q8_0->model().kv_bytes * 64);  // 34 bytes for 32 values of 2
}

TEST(KvTypes, an_unknown_type_is_refused_with_those_that_there_are) {
  try {
    engine::Engine::load(options("q3"), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
    EXPECT_STREQ(error.what(), "kv_dtype is 'q3', expected one of f32, f16, bf16, q8_0");
  }
}

TEST(KvTypes, a_backend_that_lacks_a_type_names_those_that_it_has) {
  if (const std::string reason = why_absent("vulkan"); !reason.empty()) GTEST_SKIP() << reason;
  engine::EngineOptions wanted = options("q8_0");
  wanted.backend = "vulkan";
  wanted.module_folder = RBEE_MODULE_FOLDER;
  try {
    engine::Engine::load(wanted, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_STREQ(error.what(), "the vulkan backend does not keep keys and values as q8_0; it has: f32, f16, bf16");
  }
}

}  // namespace
}  // namespace rbee::golden
