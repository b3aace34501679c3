// Guessed tokens make an answer come sooner and never make it another one.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "engine/generate/testing/loop_rig.h"
#include "engine/generate/testing/random_requests.h"
#include "engine/generate/testing/request_log.h"

namespace rbee::engine {
namespace {

using Kind = GenerateEvent::Kind;

EngineLoopLimits with_drafts(std::uint32_t draft_max) {
  EngineLoopLimits limits;
  limits.draft_max = draft_max;
  return limits;
}

// The next token repeats the one seven before, whatever it is.
void repeat_always(std::span<const TokenId> history, std::span<float> logits) {
  std::fill(logits.begin(), logits.end(), 0.0F);
  logits[static_cast<std::size_t>(history[history.size() - std::min<std::size_t>(7, history.size())].value())] = 9.0F;
}

TEST(Speculation, random_requests_get_the_same_answers_with_and_without_drafts) {
  constexpr std::uint64_t kRequests = 120;
  std::vector<std::string> expected;
  Rig plain(repeat_mostly, with_drafts(0));
  for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
    RequestLog log;
    plain.loop->submit(random_request(seed), log.sink());
    expected.push_back(fingerprint(log));
  }
  EXPECT_EQ(plain.loop->stats().draft_tokens, 0U);
  for (const std::uint32_t draft_max : {1U, 3U, 16U}) {
    Rig alone(repeat_mostly, with_drafts(draft_max));
    for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
      RequestLog log;
      alone.loop->submit(random_request(seed), log.sink());
      ASSERT_EQ(fingerprint(log), expected[seed]) << "seed " << seed << ", drafts of " << draft_max;
    }
    const EngineStats stats = alone.loop->stats();
    EXPECT_GT(stats.draft_tokens_accepted, 0U);
    EXPECT_GT(stats.draft_tokens, stats.draft_tokens_accepted);
    EXPECT_LT(stats.steps, plain.loop->stats().steps);
    EXPECT_EQ(stats.output_tokens, plain.loop->stats().output_tokens);
    EXPECT_EQ(stats.prompt_tokens, plain.loop->stats().prompt_tokens);
    expect_empty(stats);
  }
}

TEST(Speculation, company_and_small_steps_change_nothing) {
  constexpr std::uint64_t kRequests = 60;
  std::vector<std::string> expected;
  Rig plain(repeat_mostly, with_drafts(0));
  for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
    RequestLog log;
    plain.loop->submit(random_request(seed), log.sink());
    expected.push_back(fingerprint(log));
  }
  for (const std::uint32_t step_tokens : {3U, 9U, 64U}) {
    EngineLoopLimits limits{.sequences_max = 4, .step_tokens_max = step_tokens, .step_rows_max = 7};
    Rig rig(repeat_mostly, limits, {}, 120);
    std::vector<RequestLog> logs(kRequests);
    for (std::uint64_t seed = 0; seed < kRequests; ++seed) rig.loop->submit(random_request(seed), logs[seed].sink());
    for (std::uint64_t seed = 0; seed < kRequests; ++seed) EXPECT_EQ(fingerprint(logs[seed]), expected[seed]) << seed;
    expect_empty(rig.loop->stats());
  }
}

// A prompt that repeats itself, and an answer that goes on with it.
std::vector<TokenId> periodic_prompt() {
  std::vector<TokenId> prompt;
  for (int i = 0; i < 30; ++i) prompt.push_back(id(1 + i % 7));
  return prompt;
}

TEST(Speculation, an_answer_that_repeats_takes_few_steps) {
  Rig rig(repeat_always);
  RequestLog log;
  rig.loop->submit(request(periodic_prompt(), 150), log.sink());
  EXPECT_EQ(log.last().output_tokens, 150U);
  const EngineStats stats = rig.loop->stats();
  EXPECT_LT(stats.steps, 40U);
  EXPECT_EQ(stats.draft_tokens_accepted, stats.draft_tokens);
}

// Never what followed the last three tokens the last time.
void repeat_never(std::span<const TokenId> history, std::span<float> logits) {
  std::fill(logits.begin(), logits.end(), 0.0F);
  int next = 1;
  for (std::size_t i = history.size() - 3; i-- > 0;) {
    if (!std::equal(history.end() - 3, history.end(), history.begin() + static_cast<std::ptrdiff_t>(i))) continue;
    next = history[i + 3].value() % 3 + 1;
    break;
  }
  logits[static_cast<std::size_t>(next)] = 9.0F;
}

TEST(Speculation, guesses_that_are_always_wrong_soon_cost_nothing) {
  Rig rig(repeat_never);
  RequestLog log;
  rig.loop->submit(request(periodic_prompt(), 150), log.sink());
  EXPECT_EQ(log.last().output_tokens, 150U);
  EXPECT_GT(rig.loop->stats().draft_tokens, 0U);
  EXPECT_LT(rig.loop->stats().draft_tokens, 20U);
}

TEST(Speculation, an_answer_of_any_length_ends_at_its_last_token) {
  Rig plain(repeat_always, with_drafts(0)), rig(repeat_always);
  for (std::uint32_t max_tokens = 1; max_tokens <= 60; ++max_tokens) {
    RequestLog expected, log;
    plain.loop->submit(request(periodic_prompt(), max_tokens), expected.sink());
    rig.loop->submit(request(periodic_prompt(), max_tokens), log.sink());
    EXPECT_EQ(fingerprint(log), fingerprint(expected)) << max_tokens;
  }
  // To the last position of the context.
  RequestLog expected, log;
  plain.loop->submit(request(periodic_prompt(), kContext - 30), expected.sink());
  rig.loop->submit(request(periodic_prompt(), kContext - 30), log.sink());
  EXPECT_EQ(fingerprint(log), fingerprint(expected));
}

TEST(Speculation, eos_and_stop_sequences_inside_a_draft_end_the_answer) {
  std::vector<TokenId> prompt;
  for (int i = 0; i < 37; ++i) prompt.push_back(id((i + 3) % 10));  // 3 ... 9 0 1 2 3 ... 9: EOS is part of it
  for (const std::uint32_t draft_max : {0U, 16U}) {
    Rig rig(count_up, with_drafts(draft_max));
    RequestLog eos, ignored, stopped;
    rig.loop->submit(request({prompt.begin(), prompt.end() - 3}, 60), eos.sink());  // ends with 6
    EXPECT_EQ(eos.text(), "789");
    EXPECT_EQ(eos.last().stop_reason, StopReason::kEos);
    EXPECT_EQ(eos.last().output_tokens, 4U);
    GenerateRequest wanted = request(prompt, 60);
    wanted.ignore_eos = true;
    rig.loop->submit(wanted, ignored.sink());
    EXPECT_EQ(ignored.last().output_tokens, 60U);
    wanted.stop = {"5678"};
    rig.loop->submit(wanted, stopped.sink());
    EXPECT_EQ(stopped.text(), "1234");
    EXPECT_EQ(stopped.last().stop_sequence, "5678");
    EXPECT_EQ(stopped.last().output_tokens, 9U);
  }
}

TEST(Speculation, a_request_cancelled_inside_a_draft_ends_within_one_token) {
  Rig rig(repeat_always);
  for (int at = 1; at < 60; at += 3) {
    RequestLog log;
    std::atomic<RequestId> own{RequestId()};
    int texts = 0;
    const EventSink sink = log.sink([&](const GenerateEvent& event) {
      if (event.kind != Kind::kText || ++texts != at) return;
      while (own.load() == RequestId()) std::this_thread::yield();  // until submit() has returned
      rig.loop->cancel(own);
    });
    own = rig.loop->submit(request(periodic_prompt(), 150), sink);
    EXPECT_EQ(log.last().stop_reason, StopReason::kCancelled);
    EXPECT_LE(log.last().output_tokens, static_cast<std::uint32_t>(at) + 1);
    expect_empty(rig.loop->stats());
  }
}

TEST(Speculation, damaged_logits_of_a_wrong_guess_harm_nobody) {
  Rig rig([](std::span<const TokenId> history, std::span<float> logits) {
    repeat_always(history, logits);
    const bool guessed = history.size() > 31 && history[30] == id(3);
    if (guessed) logits[2] = std::nanf("");
    if (history.size() == 30) logits[9] = 20.0F;  // not what the prompt's period says
  });
  RequestLog log;
  rig.loop->submit(request(periodic_prompt(), 20), log.sink());
  EXPECT_EQ(log.last().stop_reason, StopReason::kMaxTokens);
}

TEST(Speculation, a_backend_where_company_gains_nothing_never_drafts) {
  Rig rig(repeat_always, {}, {}, 1000, 1.0);
  RequestLog log;
  rig.loop->submit(request(periodic_prompt(), 50), log.sink());
  EXPECT_EQ(log.last().output_tokens, 50U);
  EXPECT_EQ(rig.loop->stats().draft_tokens, 0U);
}

}  // namespace
}  // namespace rbee::engine
