// On real kernels: a request gets the same tokens, and the same bits of their log-probabilities, whether guessed tokens
// are verified in its steps or not.
#include <algorithm>
#include <bit>
#include <cctype>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/generate/testing/request_log.h"

namespace rbee::golden {
namespace {

using namespace engine;  // NOLINT: the whole test is about it

// A list that repeats itself, as an edit or a quotation would.
std::vector<TokenId> repetitive_prompt(const Engine& engine) {
  std::string text;
  for (int i = 0; i < 6; ++i) text += "The bee visits the red flower. The bee visits the blue flower. ";
  std::vector<TokenId> prompt = engine.tokenize(text, true);
  prompt.resize(std::min<std::size_t>(prompt.size(), 300));
  // Some fixtures have fewer embeddings than their tokenizer has tokens.
  const auto vocab_size = static_cast<std::int32_t>(engine.model().vocab_size);
  for (TokenId& token : prompt) token = TokenId(token.value() % vocab_size);
  return prompt;
}

std::vector<TokenId> periodic_prompt(std::uint32_t vocab_size, std::mt19937& random) {
  std::vector<TokenId> prompt(120);
  const std::size_t period = 5 + random() % 20;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    prompt[i] = i < period ? TokenId(static_cast<std::int32_t>(3 + random() % (vocab_size - 3))) : prompt[i - period];
  }
  return prompt;
}

std::vector<GenerateRequest> requests(const Engine& engine) {
  std::mt19937 random(11);
  std::vector<GenerateRequest> all;
  for (int i = 0; i < 12; ++i) {
    GenerateRequest one;
    one.prompt = i % 2 == 0 ? repetitive_prompt(engine) : periodic_prompt(engine.model().vocab_size, random);
    one.max_tokens = 8 + random() % 60;
    const float temperatures[] = {0.0F, 0.3F, 1.0F};
    one.sampling.temperature = temperatures[i % 3];
    one.sampling.seed = random();
    if (i % 4 == 1) one.sampling.repetition_penalty = 1.05F;
    if (i % 4 == 2) one.sampling.top_p = 0.9F;
    // Models with random weights do not repeat themselves: answers of two tokens do.
    if (i % 3 == 2) one.sampling.logit_bias = {{one.prompt[3], 50.0F}, {one.prompt[4], 50.0F}};
    if (i % 5 == 0) one.stop = {"blue"};
    one.logprobs = 1;
    one.ignore_eos = i % 4 != 3;
    all.push_back(one);
  }
  return all;
}

std::string fingerprint(const RequestLog& log) {
  const GenerateEvent last = log.last();
  std::string print = last.error_message + log.text() + "|" + last.stop_sequence + "|" +
                      std::to_string(static_cast<int>(last.stop_reason)) + "|" + std::to_string(last.output_tokens);
  for (const TokenLogprob& one : log.logprobs()) {
    print += " " + std::to_string(one.token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(one.logprob));
  }
  return print;
}

std::unique_ptr<Engine> load(const std::string& model, std::uint32_t draft_max) {
  return Engine::load({.model = std::filesystem::path(RBEE_SOURCE_DIR) / model,
                       .threads = 2,
                       .sequences_max = 4,
                       .draft_max = draft_max},
                      {});
}

class RealSpeculation : public testing::TestWithParam<std::string> {};

TEST_P(RealSpeculation, answers_are_the_same_bit_for_bit_alone_and_in_company) {
  const std::unique_ptr<Engine> plain = load(GetParam(), 0);
  const std::vector<GenerateRequest> all = requests(*plain);
  std::vector<std::string> expected;
  for (const GenerateRequest& one : all) {
    RequestLog log;
    plain->submit(one, log.sink());
    expected.push_back(fingerprint(log));
  }
  for (const std::uint32_t draft_max : {2U, 16U}) {
    SCOPED_TRACE(draft_max);
    const std::unique_ptr<Engine> engine = load(GetParam(), draft_max);
    for (std::size_t i = 0; i < all.size(); ++i) {
      RequestLog log;
      engine->submit(all[i], log.sink());
      EXPECT_EQ(fingerprint(log), expected[i]) << "alone, request " << i;
    }
    EXPECT_GT(engine->stats().draft_tokens_accepted, 0U);
    std::vector<RequestLog> logs(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) engine->submit(all[i], logs[i].sink());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(fingerprint(logs[i]), expected[i]) << "request " << i;
    EXPECT_EQ(engine->stats().kv_blocks_used, 0U);
  }
  EXPECT_EQ(plain->stats().draft_tokens, 0U);
}

INSTANTIATE_TEST_SUITE_P(Models, RealSpeculation,
                         testing::Values("models/demo-llama", "models/demo-qwen", "models/demo-phi3",
                                         "models/demo-mistral", "tests/data/more_models/gemma2",
                                         "tests/data/more_models/phi3-longrope",
                                         "tests/data/gguf/tiny-llama-Q4_K_M.gguf",
                                         "tests/data/gguf/tiny-llama-Q8_0.gguf"),
                         [](const testing::TestParamInfo<std::string>& test) {
                           std::string name = std::filesystem::path(test.param).stem().string();
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

}  // namespace
}  // namespace rbee::golden
