// The tokens of a request, and the bits of their log-probabilities, depend on the request alone: not on the company,
// the number of threads, nor on how its prompt is cut into steps.
#include <algorithm>
#include <bit>
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

struct Probe {
  std::string name;
  GenerateRequest request;
};

std::vector<TokenId> random_prompt(std::mt19937& random, std::uint32_t vocab_size, std::size_t length) {
  std::vector<TokenId> prompt(length);
  for (TokenId& token : prompt) token = TokenId(static_cast<std::int32_t>(3 + random() % (vocab_size - 3)));
  return prompt;
}

// Long and short prompts, greedy and drawn, with and without penalties and prompt log-probabilities.
std::vector<Probe> probes(std::uint32_t vocab_size) {
  std::mt19937 random(2024);
  std::vector<Probe> all(3);
  all[0].name = "greedy, short prompt";
  all[0].request.prompt = random_prompt(random, vocab_size, 5);
  all[0].request.sampling.temperature = 0;
  all[1].name = "drawn, prompt longer than windows and chunks";
  all[1].request.prompt = random_prompt(random, vocab_size, 300);
  all[1].request.sampling = {.temperature = 1.2F, .top_k = 200, .top_p = 0.98F, .seed = 77};
  all[2].name = "drawn with penalties, prompt scored";
  all[2].request.prompt = random_prompt(random, vocab_size, 90);
  all[2].request.sampling = {
      .temperature = 0.9F, .min_p = 0.001F, .repetition_penalty = 1.2F, .presence_penalty = 0.3F, .seed = 5};
  all[2].request.prompt_logprobs = 1;
  for (Probe& probe : all) {
    probe.request.max_tokens = 12;
    probe.request.logprobs = 2;
    probe.request.ignore_eos = true;
  }
  return all;
}

// Everything that must be equal, as text: ids, and the bits of each log-probability.
std::string fingerprint(const RequestLog& log) {
  std::string print = log.last().error_message + log.text();
  const auto add = [&](const std::vector<TokenLogprob>& logprobs) {
    for (const TokenLogprob& one : logprobs) {
      print +=
          " " + std::to_string(one.token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(one.logprob));
      for (const auto& [token, logprob] : one.top) {
        print += "/" + std::to_string(token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(logprob));
      }
    }
  };
  add(log.prompt_logprobs());
  add(log.logprobs());
  return print;
}

std::string run_alone(Engine& engine, const Probe& probe) {
  RequestLog log;
  engine.submit(probe.request, log.sink());
  return fingerprint(log);
}

// The probe among eight others that come before and after it; two of them are cancelled on the way.
std::string run_in_company(Engine& engine, const Probe& probe, std::mt19937& random) {
  std::vector<RequestLog> others(8);
  std::vector<RequestId> ids;
  const auto submit_other = [&](RequestLog& log) {
    GenerateRequest other;
    other.prompt = random_prompt(random, engine.model().vocab_size, 1 + random() % 120);
    other.max_tokens = 1 + random() % 30;
    other.sampling.seed = random();
    ids.push_back(engine.submit(other, log.sink()));
  };
  for (std::size_t i = 0; i < 5; ++i) submit_other(others[i]);
  others[0].wait_for_events(2);
  RequestLog log;
  engine.submit(probe.request, log.sink());
  engine.cancel(ids[random() % 5]);
  log.wait_for_events(1);
  for (std::size_t i = 5; i < 8; ++i) submit_other(others[i]);
  engine.cancel(ids[6]);
  const std::string print = fingerprint(log);
  for (const RequestLog& other : others) other.wait();
  return print;
}

std::unique_ptr<Engine> load(const std::filesystem::path& model, const std::string& backend, std::uint32_t threads,
                             std::uint32_t step_tokens_max) {
  return Engine::load(
      {.model = model, .backend = backend, .threads = threads, .sequences_max = 9, .step_tokens_max = step_tokens_max},
      {});
}

struct Setting {
  std::string model;  // below tests/data
  std::string backend = "cpu";
};

class Reproducibility : public testing::TestWithParam<Setting> {};

TEST_P(Reproducibility, a_request_gives_the_same_bits_in_every_company_thread_count_and_chunking) {
  const std::filesystem::path path = std::filesystem::path(RBEE_TEST_DATA) / GetParam().model;
  const std::string& backend = GetParam().backend;
  const std::unique_ptr<Engine> first = load(path, backend, 1, 512);
  const std::vector<Probe> all = probes(first->model().vocab_size);
  std::vector<std::string> expected;
  for (const Probe& probe : all) {
    expected.push_back(run_alone(*first, probe));
    ASSERT_GT(expected.back().size(), 100U) << expected.back();
  }
  std::mt19937 random(7);
  const std::vector<std::uint32_t> thread_counts =
      backend == "cpu" ? std::vector<std::uint32_t>{1, 2, 3} : std::vector<std::uint32_t>{1};
  for (const std::uint32_t threads : thread_counts) {
    for (const std::uint32_t step_tokens_max : {7U, 64U, 512U}) {
      const std::unique_ptr<Engine> engine = load(path, backend, threads, step_tokens_max);
      for (std::size_t i = 0; i < all.size(); ++i) {
        SCOPED_TRACE(testing::Message() << all[i].name << ", threads " << threads << ", step " << step_tokens_max);
        EXPECT_EQ(run_in_company(*engine, all[i], random), expected[i]) << "in company";
        EXPECT_EQ(run_alone(*engine, all[i]), expected[i]) << "alone, after others";
      }
      EXPECT_EQ(engine->stats().kv_blocks_used, 0U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Reproducibility,
    testing::Values(Setting{"models/tiny-llama"}, Setting{"models/tiny-llama-bf16"}, Setting{"models/tiny-qwen2"},
                    Setting{"models/tiny-phi3"}, Setting{"models/tiny-mistral"}, Setting{"models/tiny-gemma"},
                    Setting{"more_models/gemma2"}, Setting{"more_models/qwen3"}, Setting{"more_models/phi3-longrope"},
                    Setting{"more_models/mistral-f16-sharded"}, Setting{"gguf/tiny-llama-F16.gguf"},
                    Setting{"gguf/tiny-llama-Q8_0.gguf"}, Setting{"gguf/tiny-llama-Q4_0.gguf"},
                    Setting{"gguf/tiny-llama-Q5_0.gguf"}, Setting{"gguf/tiny-llama-Q4_K_M.gguf"},
                    Setting{"gguf/tiny-llama-Q5_K_M.gguf"}, Setting{"gguf/tiny-llama-Q6_K.gguf"},
                    Setting{"gguf/tiny-llama-IQ4_NL.gguf"}, Setting{"models/tiny-llama", "reference"}),
    [](const testing::TestParamInfo<Setting>& test) {
      std::string name = test.param.model + "_" + test.param.backend;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
      return name;
    });

}  // namespace
}  // namespace rbee::golden
