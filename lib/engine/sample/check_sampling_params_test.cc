#include "engine/sample/check_sampling_params.h"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

TEST(CheckSamplingParams, defaults_and_edges_pass) {
  EXPECT_NO_THROW(check_sampling_params({}, 10));
  EXPECT_NO_THROW(check_sampling_params({.temperature = 0, .top_k = 0xFFFFFFFF, .top_p = 0, .min_p = 1}, 10));
  EXPECT_NO_THROW(check_sampling_params({.logit_bias = {{TokenId(9), -100.0F}}}, 10));
}

TEST(CheckSamplingParams, each_bad_value_is_named) {
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  struct Row {
    std::string param;
    std::function<void(SamplingParams&)> spoil;
  };
  const std::vector<Row> rows = {
      {"temperature", [](auto& p) { p.temperature = -0.1F; }},
      {"temperature", [&](auto& p) { p.temperature = nan; }},
      {"temperature", [&](auto& p) { p.temperature = infinity; }},
      {"top_p", [](auto& p) { p.top_p = 1.5F; }},
      {"top_p", [&](auto& p) { p.top_p = nan; }},
      {"min_p", [](auto& p) { p.min_p = -1.0F; }},
      {"repetition_penalty", [](auto& p) { p.repetition_penalty = 0.0F; }},
      {"repetition_penalty", [](auto& p) { p.repetition_penalty = -1.0F; }},
      {"presence_penalty", [](auto& p) { p.presence_penalty = 3.0F; }},
      {"frequency_penalty", [&](auto& p) { p.frequency_penalty = -infinity; }},
      {"logit_bias",
       [](auto& p) {
         p.logit_bias = {{TokenId(10), 1.0F}};
       }},
      {"logit_bias",
       [](auto& p) {
         p.logit_bias = {{TokenId(-1), 1.0F}};
       }},
      {"logit_bias",
       [&](auto& p) {
         p.logit_bias = {{TokenId(1), nan}};
       }},
      {"logit_bias", [](auto& p) { p.logit_bias.resize(5000); }},
  };
  for (const Row& row : rows) {
    SamplingParams params;
    row.spoil(params);
    try {
      check_sampling_params(params, 10);
      ADD_FAILURE() << row.param << " passed";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
      EXPECT_EQ(error.param(), row.param) << error.what();
    }
  }
}

}  // namespace
}  // namespace rbee::engine
