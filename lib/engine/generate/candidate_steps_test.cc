// A backend that gives the highest logits alone makes no answer another one.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/generate/testing/loop_rig.h"
#include "engine/generate/testing/random_requests.h"
#include "engine/generate/testing/request_log.h"

namespace rbee::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct CandidateRig : Rig {
  explicit CandidateRig(std::uint32_t candidates_max, FakeBackend::Model model = hash_history,
                        EngineLoopLimits limits = {}, std::uint32_t kv_blocks = 1000)
      : Rig(std::move(model), limits, {}, kv_blocks, 0.1, {}, candidates_max) {}
};

/// Of seven in eight, few logits suffice: so steps where they suffice for all come about, and others.
GenerateRequest mostly_plain_request(std::uint64_t seed) {
  GenerateRequest wanted = random_request(seed);
  if (seed % 8 == 0) return wanted;
  const SamplingParams all = wanted.sampling;
  wanted.sampling = {.temperature = all.temperature, .top_k = 3, .top_p = all.top_p, .seed = all.seed};
  wanted.logprobs.reset();
  wanted.prompt_logprobs.reset();
  return wanted;
}

std::vector<std::string> answers_without(std::uint64_t requests, GenerateRequest (*make)(std::uint64_t)) {
  std::vector<std::string> answers;
  CandidateRig rig(0, repeat_mostly);
  for (std::uint64_t seed = 0; seed < requests; ++seed) {
    RequestLog log;
    rig.loop->submit(make(seed), log.sink());
    answers.push_back(fingerprint(log));
  }
  EXPECT_EQ(rig.loop->stats().candidate_steps, 0U);
  return answers;
}

TEST(CandidateSteps, random_requests_get_the_same_answers_with_and_without_them) {
  constexpr std::uint64_t kRequests = 120;
  const std::vector<std::string> expected = answers_without(kRequests, random_request);
  for (const std::uint32_t candidates_max : {1U, 3U, 64U}) {
    for (const std::uint32_t draft_max : {0U, 16U}) {
      EngineLoopLimits limits;
      limits.draft_max = draft_max;
      CandidateRig rig(candidates_max, repeat_mostly, limits);
      for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
        RequestLog log;
        rig.loop->submit(random_request(seed), log.sink());
        ASSERT_EQ(fingerprint(log), expected[seed]) << "seed " << seed << ", at most " << candidates_max;
      }
      const EngineStats stats = rig.loop->stats();
      EXPECT_GT(stats.candidate_steps, 0U);
      EXPECT_LT(stats.candidate_steps, stats.steps);
      EXPECT_EQ(stats.draft_tokens > 0, draft_max > 0);
    }
  }
}

TEST(CandidateSteps, company_and_small_steps_change_nothing) {
  constexpr std::uint64_t kRequests = 60;
  const std::vector<std::string> expected = answers_without(kRequests, mostly_plain_request);
  for (const std::uint32_t step_tokens : {3U, 9U, 64U}) {
    CandidateRig rig(8, repeat_mostly, {.sequences_max = 4, .step_tokens_max = step_tokens, .step_rows_max = 7}, 120);
    std::vector<RequestLog> logs(kRequests);
    for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
      rig.loop->submit(mostly_plain_request(seed), logs[seed].sink());
    }
    for (std::uint64_t seed = 0; seed < kRequests; ++seed) EXPECT_EQ(fingerprint(logs[seed]), expected[seed]) << seed;
    EXPECT_GT(rig.loop->stats().candidate_steps, 0U);
    EXPECT_LT(rig.loop->stats().candidate_steps, rig.loop->stats().steps);
    expect_empty(rig.loop->stats());
  }
}

// Of the five steps of a request for five tokens, drafts aside.
std::uint64_t candidate_steps_of(const GenerateRequest& wanted) {
  EngineLoopLimits limits;
  limits.draft_max = 0;
  CandidateRig rig(4, hash_history, limits);
  RequestLog log;
  rig.loop->submit(wanted, log.sink());
  EXPECT_EQ(log.last().output_tokens, 5U);
  EXPECT_EQ(rig.loop->stats().steps, 5U);
  return rig.loop->stats().candidate_steps;
}

GenerateRequest drawn(SamplingParams sampling) {
  GenerateRequest wanted = request({id(1), id(2), id(3)}, 5);
  wanted.sampling = std::move(sampling);
  return wanted;
}

TEST(CandidateSteps, are_for_requests_that_look_at_few_logits) {
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0})), 5U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0, .top_k = 9})), 5U);
  EXPECT_EQ(candidate_steps_of(drawn({.top_k = 1})), 5U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0.7F, .top_k = 4, .top_p = 0.9F, .min_p = 0.1F})), 5U);
}

TEST(CandidateSteps, are_not_for_requests_that_may_look_at_every_logit) {
  EXPECT_EQ(candidate_steps_of(drawn({})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.top_p = 0.5F})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.top_k = 5})), 0U) << "more than the backend gives";
  EXPECT_EQ(candidate_steps_of(drawn({.top_k = kVocab})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0, .repetition_penalty = 1.1F})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0, .presence_penalty = 0.1F})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0, .frequency_penalty = -0.1F})), 0U);
  EXPECT_EQ(candidate_steps_of(drawn({.temperature = 0, .logit_bias = {{id(3), 1.0F}}})), 0U);
  GenerateRequest reported = drawn({.temperature = 0});
  reported.logprobs = 0;
  EXPECT_EQ(candidate_steps_of(reported), 0U);
}

TEST(CandidateSteps, begin_behind_a_prompt_whose_log_probabilities_are_reported) {
  GenerateRequest wanted = drawn({.temperature = 0});
  wanted.prompt_logprobs = 1;
  EXPECT_EQ(candidate_steps_of(wanted), 4U);
}

TEST(CandidateSteps, damaged_logits_end_their_request_with_the_same_words) {
  for (const float damage : {std::nanf(""), kInfinity, -kInfinity}) {
    const auto damaged = [damage](std::span<const TokenId> history, std::span<float> logits) {
      hash_history(history, logits);
      if (history.size() != 6 || history.front() != id(7)) return;
      if (damage < 0) std::fill(logits.begin(), logits.end(), damage);
      logits[5] = logits[9] = damage;
    };
    std::vector<std::string> messages;
    for (const std::uint32_t candidates_max : {0U, 8U}) {
      for (const std::uint32_t top_k : {1U, 3U}) {
        CandidateRig rig(candidates_max, damaged);
        RequestLog log, other;
        GenerateRequest wanted = request({id(7), id(2), id(3)}, 9), healthy = request({id(1), id(2), id(3)}, 9);
        wanted.sampling.temperature = 1;
        wanted.sampling.top_k = top_k;
        rig.loop->submit(healthy, other.sink());
        rig.loop->submit(wanted, log.sink());
        EXPECT_EQ(log.last().kind, GenerateEvent::Kind::kError);
        EXPECT_EQ(log.last().output_tokens, 3U);
        EXPECT_EQ(other.last().output_tokens, 9U);
        EXPECT_EQ(rig.loop->stats().candidate_steps > 0, candidates_max > 0);
        messages.push_back(log.last().error_code + ": " + log.last().error_message);
      }
    }
    for (const std::string& message : messages) EXPECT_EQ(message, messages.front());
  }
}

}  // namespace
}  // namespace rbee::engine
