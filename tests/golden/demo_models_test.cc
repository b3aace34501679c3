// The demo models through the whole engine: chat template, tokenizer, generation, text.
#include <filesystem>

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "direct_model.h"
#include "engine/engine.h"
#include "engine/generate/testing/request_log.h"
#include "golden_model.h"

namespace rbee::golden {
namespace {

using namespace engine;  // NOLINT: the whole test is about it

class DemoModel : public testing::TestWithParam<GoldenModel> {};

std::string prompt_of(const Engine& engine, const GoldenCase& one) {
  if (one.question.empty()) return one.prompt;
  const boost::json::value messages = {{{"role", "user"}, {"content", one.question}}};
  return engine.apply_chat_template(messages, nullptr, true);
}

// With the tokenizer's own first tokens, unless the template has printed them already.
std::vector<TokenId> tokens_of(const Engine& engine, const std::string& prompt) {
  std::vector<TokenId> with = engine.tokenize(prompt, true), without = engine.tokenize(prompt, false);
  return with.front() == without.front() ? without : with;
}

// A SentencePiece vocabulary's first space: transformers' decoding of the answer alone drops it, a stream keeps it.
std::string without_first_space(const std::string& text) {
  return text.starts_with(' ') ? text.substr(1) : text;
}

TEST_P(DemoModel, answers_as_expected_through_the_whole_engine) {
  if (const std::string reason = why_absent(RBEE_DEMO_BACKEND); !reason.empty()) GTEST_SKIP() << reason;
  const std::unique_ptr<Engine> engine = Engine::load(
      {.model = GetParam().path, .backend = RBEE_DEMO_BACKEND, .threads = 2, .module_folder = RBEE_MODULE_FOLDER}, {});
  EXPECT_EQ(engine->model().dtype, "BF16");
  EXPECT_TRUE(engine->model().has_chat_template);
  for (const GoldenCase& one : GetParam().cases) {
    SCOPED_TRACE(one.prompt);
    const std::string prompt = prompt_of(*engine, one);
    EXPECT_EQ(prompt, one.prompt);
    GenerateRequest request;
    request.prompt = tokens_of(*engine, prompt);
    EXPECT_EQ(request.prompt, one.ids);
    request.max_tokens = 100;
    request.sampling.temperature = 0;
    RequestLog log;
    engine->submit(request, log.sink());
    EXPECT_EQ(log.tokens(), one.greedy);
    EXPECT_EQ(without_first_space(log.text()), without_first_space(one.text));
    EXPECT_EQ(log.last().stop_reason, StopReason::kEos);
  }
  const EngineStats stats = engine->stats();
  EXPECT_EQ(stats.kv_blocks_used, 0U);
  EXPECT_EQ(stats.requests_finished, GetParam().cases.size());
}

INSTANTIATE_TEST_SUITE_P(Demo, DemoModel,
                         testing::ValuesIn(golden_models_in(std::filesystem::path(RBEE_SOURCE_DIR) / "models")),
                         [](const testing::TestParamInfo<GoldenModel>& test) {
                           std::string name = test.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace rbee::golden
