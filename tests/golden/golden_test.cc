// Every fixture model on every backend, against what transformers computed in float32.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "direct_model.h"
#include "golden_model.h"

namespace rbee::golden {
namespace {

using engine::TokenId;

// The worst of a model's prompts; none may hide behind the others.
struct LogitError {
  double max_abs = 0;
  double nmse = 0;

  void add(const std::vector<float>& found, const std::vector<float>& expected) {
    double squares = 0, reference_squares = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double difference = double{found[i]} - expected[i];
      max_abs = std::max(max_abs, std::abs(difference));
      squares += difference * difference;
      reference_squares += double{expected[i]} * expected[i];
    }
    nmse = std::max(nmse, squares / reference_squares);
  }
};

TokenId argmax(const std::vector<float>& logits) {
  return TokenId(static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
}

// What a backend may differ by: `reference` is exact up to rounding; `cpu` computes float32 weights in float32, and
// keeps keys and values of 16-bit and quantized models in 16 bits, which is nearly all of its error (measured:
// MEASURED).
double nmse_bound(const DirectModel& model) {
  return model.is_float32() ? 1e-6 : 1e-5;
}

// Of RBEE_GOLDEN_BACKENDS, "reference,cpu".
std::vector<std::string> backends() {
  std::vector<std::string> names;
  std::istringstream list(RBEE_GOLDEN_BACKENDS);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

class Golden : public testing::TestWithParam<std::tuple<GoldenModel, std::string>> {
 protected:
  static std::uint32_t positions(const GoldenModel& model) {
    std::size_t most = 0;
    for (const GoldenCase& one : model.cases) most = std::max(most, one.ids.size() + one.greedy.size());
    return static_cast<std::uint32_t>(most);
  }
};

// Follows the expected tokens, so that one close call does not hide the rest; tokens whose margin is within
// `tolerance` may differ.
void expect_greedy(DirectModel& model, const GoldenCase& one, double tolerance) {
  std::vector<float> logits = model.prefill(one.ids);
  for (std::size_t i = 0; i < one.greedy.size(); ++i) {
    const double margin = one.margins.empty() ? 1e9 : one.margins[i];
    if (margin > tolerance) {
      EXPECT_EQ(argmax(logits).value(), one.greedy[i].value()) << "token " << i << " with margin " << margin;
    }
    logits = model.append(one.greedy[i]);
  }
}

// The plain float32 table gives the same greedy tokens.
TEST(GoldenBFloat16, exact_frequencies_give_the_same_greedy_tokens) {
  for (const GoldenModel& golden : fixture_models()) {
    if (golden.name != "tiny-llama-bf16") continue;
    DirectModel model(golden.path, "reference", 256);
    for (const GoldenCase& one : golden.cases) expect_greedy(model, one, 0);
    return;
  }
  FAIL() << "tiny-llama-bf16 is not there";
}

TEST_P(Golden, logits_and_greedy_tokens_are_those_of_the_reference_implementation) {
  const auto& [golden, backend] = GetParam();
  if (const std::string reason = why_absent(backend); !reason.empty()) GTEST_SKIP() << reason;
  // The expectations of tiny-llama-bf16 come from a model that was cast to bfloat16 as a whole, frequencies included.
  const RopePrecision precision = golden.name == "tiny-llama-bf16" ? RopePrecision::kBFloat16 : RopePrecision::kFloat32;
  DirectModel model(golden.path, backend, positions(golden), precision);
  LogitError error;
  for (const GoldenCase& one : golden.cases) {
    const std::vector<float> logits = model.prefill(one.ids);
    ASSERT_EQ(logits.size(), one.logits.size());
    error.add(logits, one.logits);
  }
  if (backend == "reference") {
    EXPECT_LE(error.max_abs, 1e-3);
  } else {
    EXPECT_LE(error.nmse, nmse_bound(model));
  }
  // Two logits may each be off by the worst error seen; positions further on by as much again.
  const double tolerance = backend == "reference" ? 0 : 4 * error.max_abs;
  for (const GoldenCase& one : golden.cases) {
    SCOPED_TRACE(one.prompt.substr(0, 40));
    expect_greedy(model, one, tolerance);
  }
  std::printf("%-24s %-9s max abs error %.2e, NMSE %.2e\n", golden.name.c_str(), backend.c_str(), error.max_abs,
              error.nmse);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Golden,
                         testing::Combine(testing::ValuesIn(fixture_models()), testing::ValuesIn(backends())),
                         [](const testing::TestParamInfo<Golden::ParamType>& test) {
                           std::string name = std::get<0>(test.param).name + "_" + std::get<1>(test.param);
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
                           return name + "_" + std::to_string(test.index);
                         });

}  // namespace
}  // namespace rbee::golden
