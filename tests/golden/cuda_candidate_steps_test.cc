// On the cuda backend's kernels, over the emulated driver: a request gets the same answer whether the device gives all
// logits or the highest ones alone.
#include <algorithm>
#include <bit>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cuda/emulation/emulated_cuda.h"
#include "engine/generate/engine_loop.h"
#include "engine/generate/known_tokens.h"
#include "engine/generate/testing/fake_tokenizer.h"
#include "engine/generate/testing/request_log.h"
#include "engine/models/build_model.h"
#include "formats/model_files.h"

namespace rbee::golden {
namespace {

using namespace engine;  // NOLINT: the whole test is about it

/// The emulated device, of which a test says whether it gives candidates.
class DescribedBackend final : public Backend {
 public:
  explicit DescribedBackend(bool gives_candidates) : gives_candidates_(gives_candidates) {}

  BackendDescription describe() const override {
    BackendDescription description = device_->describe();
    if (!gives_candidates_) description.candidates_max = 0;
    return description;
  }
  bool supports(const Op& op, formats::DType dtype) const override { return device_->supports(op, dtype); }
  std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                const StepLimits& limits) override {
    return device_->compile(graph, weights, kv, limits);
  }
  void run(Plan& plan, const Step& step, std::span<float> output) override { device_->run(plan, step, output); }
  void run_candidates(Plan& plan, const Step& step, std::uint32_t count, std::span<Candidate> output) override {
    device_->run_candidates(plan, step, count, output);
  }

 private:
  const std::unique_ptr<Backend> device_ = cuda::make_emulated_cuda_backend();
  const bool gives_candidates_;
};

/// An engine of a small model, whose text nobody reads.
class SmallEngine {
 public:
  static constexpr std::uint32_t kContext = 64, kBlocks = 32;

  explicit SmallEngine(bool gives_candidates) : backend_(gives_candidates) {
    KvLayout kv = built_.kv;
    kv.block_tokens = 16;
    kv.blocks = kBlocks;
    const EngineLoopLimits limits{.sequences_max = 5, .step_tokens_max = 24, .step_rows_max = 12};
    plan_ = backend_.compile(built_.graph, built_.weights, kv,
                             {.tokens_max = limits.step_tokens_max,
                              .outputs_max = limits.step_rows_max,
                              .sequences_max = limits.sequences_max});
    loop = std::make_unique<EngineLoop>(EngineLoopParts{.backend = backend_,
                                                        .plan = *plan_,
                                                        .traits = traits_,
                                                        .clock = clock_,
                                                        .bounds = {.context = kContext, .vocab_size = vocab_},
                                                        .limits = limits,
                                                        .kv_blocks = kBlocks,
                                                        .kv_block_tokens = kv.block_tokens});
  }

 private:
  const SystemClock clock_{};
  const std::unique_ptr<formats::ModelFiles> files_ =
      formats::open_model(std::filesystem::path(RBEE_SOURCE_DIR) / "tests/data/models/tiny-llama-bf16");
  const BuiltModel built_ = build_model(*files_);
  const std::uint32_t vocab_ = files_->config().vocab_size;
  const FakeTokenizer tokenizer_{{"</s>"}};
  const SequenceTraits traits_{
      .tokenizer = tokenizer_, .eos_ids = {}, .known = known_tokens(tokenizer_, vocab_), .vocab_size = vocab_};
  DescribedBackend backend_;
  std::unique_ptr<Plan> plan_;

 public:
  std::unique_ptr<EngineLoop> loop;  // last: its thread uses all of the above
};

constexpr std::uint32_t kTokens = 4;  // of an answer

struct Asked {
  std::string name;
  GenerateRequest request;
  bool by_candidates = false;  ///< of the device
};

std::vector<Asked> requests() {
  std::vector<Asked> all(8);
  all[0] = {"greedy", {.sampling = {.temperature = 0}}, true};
  all[1] = {"drawn from 40", {.sampling = {.temperature = 0.8F, .top_k = 40, .top_p = 0.9F, .seed = 3}}, true};
  all[2] = {"drawn from 64", {.sampling = {.temperature = 1.5F, .top_k = 64, .min_p = 0.01F, .seed = 4}}, true};
  all[3] = {"drawn from 65", {.sampling = {.temperature = 1.5F, .top_k = 65, .seed = 4}}, false};
  all[4] = {"drawn from all", {.sampling = {.top_p = 0.95F, .seed = 5}}, false};
  all[5] = {"log-probabilities", {.sampling = {.temperature = 0}, .logprobs = 2}, false};
  all[6] = {"penalties", {.sampling = {.temperature = 0, .repetition_penalty = 1.2F}}, false};
  all[7] = {"bias", {.sampling = {.top_k = 5, .logit_bias = {{TokenId(9), 3.0F}}, .seed = 6}}, false};
  std::mt19937 random(12);
  for (Asked& one : all) {
    for (int i = 0; i < 14; ++i) one.request.prompt.emplace_back(static_cast<std::int32_t>(3 + random() % 1000));
    one.request.max_tokens = kTokens;
    one.request.ignore_eos = true;
  }
  return all;
}

std::string fingerprint(const RequestLog& log) {
  std::string print = log.last().error_message;
  for (const TokenId token : log.tokens()) print += " " + std::to_string(token.value());
  for (const TokenLogprob& one : log.logprobs()) {
    print += " " + std::to_string(one.token.value()) + ":" + std::to_string(std::bit_cast<std::uint32_t>(one.logprob));
  }
  return print;
}

// By the device that gives all logits.
std::vector<std::string> answers_to(const std::vector<Asked>& all) {
  std::vector<std::string> answers;
  const SmallEngine engine(false);
  for (const Asked& one : all) {
    RequestLog log;
    engine.loop->submit(one.request, log.sink());
    answers.push_back(fingerprint(log));
    EXPECT_EQ(log.tokens().size(), kTokens) << one.name << ": " << answers.back();
  }
  EXPECT_EQ(engine.loop->stats().candidate_steps, 0U);
  return answers;
}

TEST(CudaEmulatedCandidateSteps, every_request_gets_the_answer_of_all_logits_alone_and_in_company) {
  const std::vector<Asked> all = requests();
  const std::vector<std::string> expected = answers_to(all);
  const SmallEngine engine(true);
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    const EngineStats before = engine.loop->stats();
    RequestLog log;
    engine.loop->submit(all[i].request, log.sink());
    EXPECT_EQ(fingerprint(log), expected[i]);
    const EngineStats after = engine.loop->stats();
    EXPECT_EQ(after.candidate_steps - before.candidate_steps, all[i].by_candidates ? after.steps - before.steps : 0);
  }
  // The first three by themselves, then together with those that need all logits.
  for (const std::size_t count : {std::size_t{3}, all.size()}) {
    const EngineStats before = engine.loop->stats();
    std::vector<RequestLog> logs(count);
    for (std::size_t i = 0; i < count; ++i) engine.loop->submit(all[i].request, logs[i].sink());
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(fingerprint(logs[i]), expected[i]) << all[i].name;
    const EngineStats after = engine.loop->stats();
    EXPECT_GT(after.steps, before.steps);
    EXPECT_EQ(after.candidate_steps - before.candidate_steps == after.steps - before.steps, count == 3);
  }
}

}  // namespace
}  // namespace rbee::golden
