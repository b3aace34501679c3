#include "engine/generate/engine_loop.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/generate/testing/loop_rig.h"
#include "engine/generate/testing/request_log.h"

namespace rbee::engine {
namespace {

using Kind = GenerateEvent::Kind;

TEST(EngineLoop, an_answer_ends_at_max_tokens) {
  Rig rig(count_up);
  RequestLog log;
  rig.loop->submit(request({id(1), id(2)}, 3), log.sink());
  EXPECT_EQ(log.text(), "345");
  EXPECT_EQ(log.wait().front().kind, Kind::kStarted);
  EXPECT_EQ(log.last().stop_reason, StopReason::kMaxTokens);
  EXPECT_EQ(log.last().prompt_tokens, 2U);
  EXPECT_EQ(log.last().output_tokens, 3U);
  expect_empty(rig.loop->stats());
  EXPECT_EQ(rig.loop->stats().requests_finished, 1U);
  EXPECT_EQ(rig.loop->stats().prompt_tokens, 2U);
  EXPECT_EQ(rig.loop->stats().output_tokens, 3U);
}

TEST(EngineLoop, eos_ends_an_answer_and_is_not_part_of_its_text) {
  Rig rig(count_up);
  RequestLog log;
  rig.loop->submit(request({id(6)}, 50), log.sink());
  EXPECT_EQ(log.text(), "789");
  EXPECT_EQ(log.last().stop_reason, StopReason::kEos);
  EXPECT_EQ(log.last().tokens, (std::vector{id(0)}));
  EXPECT_EQ(log.last().output_tokens, 4U);
}

TEST(EngineLoop, ignored_eos_goes_on_without_text) {
  Rig rig(count_up);
  RequestLog log;
  GenerateRequest wanted = request({id(8)}, 4);
  wanted.ignore_eos = true;
  rig.loop->submit(wanted, log.sink());
  EXPECT_EQ(log.text(), "912");
  EXPECT_EQ(log.tokens(), (std::vector{id(9), id(0), id(1), id(2)}));
}

TEST(EngineLoop, a_stop_sequence_across_tokens_ends_the_text_before_it) {
  Rig rig(count_up);
  RequestLog log;
  GenerateRequest wanted = request({id(1)}, 50);
  wanted.stop = {"9999", "567", "68"};
  rig.loop->submit(wanted, log.sink());
  EXPECT_EQ(log.text(), "234");
  EXPECT_EQ(log.last().stop_reason, StopReason::kStopSequence);
  EXPECT_EQ(log.last().stop_sequence, "567");
  EXPECT_EQ(log.last().tokens, (std::vector{id(5), id(6), id(7)}));
  for (const GenerateEvent& event : log.wait()) {
    EXPECT_EQ(event.kind == Kind::kText, !event.text.empty());
  }
}

TEST(EngineLoop, held_back_text_comes_out_when_the_answer_ends) {
  Rig rig(count_up);
  RequestLog log;
  GenerateRequest wanted = request({id(1)}, 3);
  wanted.stop = {"3456"};
  rig.loop->submit(wanted, log.sink());
  EXPECT_EQ(log.text(), "234");
  EXPECT_EQ(log.last().stop_reason, StopReason::kMaxTokens);
}

TEST(EngineLoop, a_token_beyond_the_tokenizers_vocabulary_has_no_text) {
  Rig rig([](std::span<const TokenId> history, std::span<float> logits) {
    count_up(history, logits);
    if (history.size() == 2) logits[11] = 9.0F;
  });
  RequestLog log;
  rig.loop->submit(request({id(1)}, 3), log.sink());
  EXPECT_EQ(log.tokens(), (std::vector{id(2), id(11), id(2)}));
  EXPECT_EQ(log.text(), "22");
}

TEST(EngineLoop, log_probabilities_are_reported_for_every_output_token) {
  Rig rig(count_up);
  RequestLog log;
  GenerateRequest wanted = request({id(6)}, 50);
  wanted.logprobs = 2;
  rig.loop->submit(wanted, log.sink());
  const std::vector<TokenLogprob> logprobs = log.logprobs();
  ASSERT_EQ(logprobs.size(), 4U) << "EOS included";
  const double expected = 5.0 - std::log(std::exp(5.0) + (kVocab - 1));
  for (const TokenLogprob& logprob : logprobs) {
    EXPECT_NEAR(logprob.logprob, expected, 1e-6);
    ASSERT_EQ(logprob.top.size(), 2U);
    EXPECT_EQ(logprob.top[0].first, logprob.token);
  }
}

TEST(EngineLoop, prompt_log_probabilities_come_before_the_text_however_the_prompt_is_cut) {
  for (const std::uint32_t rows_max : {2U, 3U, 64U}) {
    Rig rig(count_up, {.step_tokens_max = 5, .step_rows_max = rows_max});
    RequestLog log;
    GenerateRequest wanted = request({id(1), id(2), id(4), id(5), id(6), id(8), id(9), id(1), id(2)}, 2);
    wanted.prompt_logprobs = 1;
    rig.loop->submit(wanted, log.sink());
    const std::vector<TokenLogprob> logprobs = log.prompt_logprobs();
    ASSERT_EQ(logprobs.size(), 8U);
    for (std::size_t i = 0; i < logprobs.size(); ++i) {
      EXPECT_EQ(logprobs[i].token, wanted.prompt[i + 1]);
      const bool as_expected = logprobs[i].top[0].first == wanted.prompt[i + 1];
      EXPECT_EQ(as_expected, i != 1 && i != 4 && i != 6) << i;
    }
    EXPECT_EQ(log.wait()[1].kind, Kind::kPrompt);
    EXPECT_EQ(log.text(), "34");
  }
}

TEST(EngineLoop, a_prompt_can_be_scored_without_an_answer) {
  Rig rig(count_up);
  for (const std::size_t length : {1, 2, 50}) {
    RequestLog log;
    GenerateRequest wanted = request(std::vector<TokenId>(length, id(3)), 0);
    wanted.prompt_logprobs = 0;
    rig.loop->submit(wanted, log.sink());
    ASSERT_EQ(log.wait().size(), 3U);
    EXPECT_EQ(log.wait()[1].kind, Kind::kPrompt);
    EXPECT_EQ(log.prompt_logprobs().size(), length - 1);
    EXPECT_EQ(log.last().stop_reason, StopReason::kMaxTokens);
    EXPECT_EQ(log.last().output_tokens, 0U);
  }
  expect_empty(rig.loop->stats());
}

TEST(EngineLoop, answers_do_not_depend_on_company_nor_on_chunking) {
  const auto ask = [](Rig& rig, std::uint64_t seed, RequestLog& log) {
    std::mt19937_64 random(seed);
    std::vector<TokenId> prompt(1 + random() % 60);
    for (TokenId& token : prompt) token = id(static_cast<int>(1 + random() % 9));
    GenerateRequest wanted = request(prompt, static_cast<std::uint32_t>(1 + random() % 40));
    wanted.sampling.temperature = seed % 3 == 0 ? 0.0F : 1.0F;
    wanted.sampling.seed = seed;
    wanted.sampling.repetition_penalty = seed % 4 == 0 ? 1.3F : 1.0F;
    wanted.ignore_eos = true;
    if (seed % 5 == 0) wanted.prompt_logprobs = 1;
    return rig.loop->submit(wanted, log.sink());
  };
  std::vector<std::vector<TokenId>> alone;
  Rig single(hash_history, {.sequences_max = 1});
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    RequestLog log;
    ask(single, seed, log);
    alone.push_back(log.tokens());
  }
  for (const std::uint32_t step_tokens : {2U, 7U, 64U}) {
    // So few blocks that requests wait for one another.
    Rig rig(hash_history, {.sequences_max = 8, .step_tokens_max = step_tokens, .step_rows_max = 6}, {}, 60);
    std::vector<RequestLog> logs(40);
    for (std::uint64_t seed = 0; seed < 40; ++seed) ask(rig, seed, logs[seed]);
    for (std::uint64_t seed = 0; seed < 40; ++seed) EXPECT_EQ(logs[seed].tokens(), alone[seed]) << seed;
    expect_empty(rig.loop->stats());
  }
}

TEST(EngineLoop, a_cancelled_request_ends_within_one_token) {
  Rig rig(hash_history);
  RequestLog log;
  std::atomic<RequestId> own{RequestId()};
  std::atomic<int> texts = 0;
  const EventSink sink = log.sink([&](const GenerateEvent& event) {
    if (event.kind != Kind::kText || ++texts != 3) return;
    while (own.load() == RequestId()) std::this_thread::yield();  // until submit() has returned
    rig.loop->cancel(own);                                        // from the engine's own thread
  });
  GenerateRequest wanted = request({id(1)}, 150);
  wanted.prompt.assign(40, id(1));
  own = rig.loop->submit(wanted, sink);
  EXPECT_EQ(log.last().stop_reason, StopReason::kCancelled);
  EXPECT_LE(log.last().output_tokens, 4U + 2U);
  expect_empty(rig.loop->stats());
  EXPECT_EQ(rig.loop->stats().requests_cancelled, 1U);
  rig.loop->cancel(own);
  rig.loop->cancel(RequestId(999));
}

TEST(EngineLoop, a_waiting_request_can_be_cancelled) {
  Rig rig(hash_history, {.sequences_max = 1});
  RequestLog first, second;
  const RequestId running = rig.loop->submit(request({id(1)}, 199), first.sink());
  const RequestId waiting = rig.loop->submit(request({id(1)}, 199), second.sink());
  rig.loop->cancel(waiting);
  EXPECT_EQ(second.last().stop_reason, StopReason::kCancelled);
  EXPECT_EQ(second.wait().size(), 1U) << "it never started";
  rig.loop->cancel(running);
  first.wait();
  expect_empty(rig.loop->stats());
}

TEST(EngineLoop, damaged_logits_end_their_own_request_only) {
  Rig rig([](std::span<const TokenId> history, std::span<float> logits) {
    count_up(history, logits);
    if (history.front() == id(7) && history.size() == 3) logits[4] = std::nanf("");
  });
  RequestLog good, bad;
  rig.loop->submit(request({id(1)}, 8), good.sink());
  rig.loop->submit(request({id(7)}, 8), bad.sink());
  EXPECT_EQ(bad.last().kind, Kind::kError);
  EXPECT_EQ(bad.last().error_code, "bad_file");
  EXPECT_NE(bad.last().error_message.find("NaN"), std::string::npos);
  EXPECT_EQ(good.text(), "23456789");
  expect_empty(rig.loop->stats());
  EXPECT_EQ(rig.loop->stats().requests_failed, 1U);
}

TEST(EngineLoop, a_sink_that_throws_ends_its_own_request_only) {
  for (const Kind when : {Kind::kStarted, Kind::kPrompt, Kind::kText, Kind::kEnd}) {
    Rig rig(count_up);
    RequestLog good, bad;
    GenerateRequest wanted = request({id(1), id(2)}, 3);
    wanted.prompt_logprobs = 0;
    rig.loop->submit(wanted, bad.sink([&](const GenerateEvent& event) {
      if (event.kind == when) throw std::runtime_error("client gone");
    }));
    rig.loop->submit(wanted, good.sink());
    EXPECT_EQ(good.text(), "345");
    if (when != Kind::kEnd) {
      EXPECT_EQ(bad.last().kind, Kind::kError);
    }
    RequestLog next;
    rig.loop->submit(wanted, next.sink());
    EXPECT_EQ(next.text(), "345");
    expect_empty(rig.loop->stats());
  }
}

TEST(EngineLoop, a_failed_step_fails_what_runs_and_the_next_request_works) {
  std::atomic<bool> broken = true;
  Rig rig(count_up, {}, [&](const Step&) {
    if (broken) throw Error(ErrorKind::kExhausted, "no memory for the step");
  });
  RequestLog bad, good;
  rig.loop->submit(request({id(1)}, 3), bad.sink());
  EXPECT_EQ(bad.last().error_code, "exhausted");
  EXPECT_EQ(bad.last().error_message, "no memory for the step");
  expect_empty(rig.loop->stats());
  broken = false;
  rig.loop->submit(request({id(1)}, 3), good.sink());
  EXPECT_EQ(good.text(), "234");
}

TEST(EngineLoop, a_lost_device_fails_everything_clearly) {
  std::promise<void> lost;  // fulfilled once: a second call would throw
  Rig rig(
      count_up, {.sequences_max = 1}, [](const Step&) { throw Error(ErrorKind::kIo, "GPU 0 fell off the bus"); }, 1000,
      0.1, [&lost] { lost.set_value(); });
  RequestLog log;
  rig.loop->submit(request({id(1)}, 3), log.sink());
  EXPECT_EQ(log.last().error_code, "io");
  try {
    rig.loop->submit(request({id(1)}, 3), RequestLog().sink());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_NE(std::string(error.what()).find("GPU 0 fell off the bus"), std::string::npos);
  }
  EXPECT_EQ(lost.get_future().wait_for(std::chrono::minutes(1)), std::future_status::ready);
  expect_empty(rig.loop->stats());
}

// Holds the engine thread in a step until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::minutes(1), [&] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(EngineLoop, requests_beyond_the_queue_are_refused) {
  Gate gate;
  Rig rig(count_up, {.sequences_max = 2, .queue_max = 3}, [&](const Step&) { gate.pass(); });
  std::vector<RequestLog> logs(5);
  for (RequestLog& log : logs) rig.loop->submit(request({id(1)}, 3), log.sink());
  try {
    rig.loop->submit(request({id(1)}, 3), RequestLog().sink());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
  EXPECT_EQ(rig.loop->stats().requests_rejected, 1U);
  gate.open();
  for (RequestLog& log : logs) EXPECT_EQ(log.text(), "234");
  RequestLog next;
  rig.loop->submit(request({id(1)}, 3), next.sink());
  EXPECT_EQ(next.text(), "234");
}

TEST(EngineLoop, draining_finishes_what_was_taken_and_refuses_more) {
  Gate gate;
  Rig rig(count_up, {.sequences_max = 1}, [&](const Step&) { gate.pass(); });
  std::vector<RequestLog> logs(3);
  for (RequestLog& log : logs) rig.loop->submit(request({id(1)}, 3), log.sink());
  rig.loop->drain();
  EXPECT_THROW(rig.loop->submit(request({id(1)}, 3), RequestLog().sink()), Error);
  gate.open();
  for (RequestLog& log : logs) EXPECT_EQ(log.text(), "234");
}

TEST(EngineLoop, the_end_of_the_engine_ends_every_request) {
  std::vector<RequestLog> logs(5);
  {
    // Steps so slow that the answers are far from their ends when the engine's comes.
    Rig rig(hash_history, {.sequences_max = 2},
            [](const Step&) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
    GenerateRequest wanted = request({id(1)}, 199);
    for (RequestLog& log : logs) rig.loop->submit(wanted, log.sink());
    logs[0].wait_for_events(2);
  }
  for (RequestLog& log : logs) {
    const GenerateEvent last = log.last();
    EXPECT_EQ(last.error_message, last.kind == Kind::kError ? "shutting down" : "");
  }
  EXPECT_EQ(logs[4].last().kind, Kind::kError);
}

TEST(EngineLoop, bad_requests_are_refused_before_any_work) {
  Rig rig(count_up);
  const auto param_of = [&](GenerateRequest wanted) -> std::string {
    try {
      rig.loop->submit(std::move(wanted), RequestLog().sink());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
      return error.param();
    }
    return "accepted";
  };
  EXPECT_EQ(param_of(request({}, 3)), "prompt");
  EXPECT_EQ(param_of(request({id(12)}, 3)), "prompt");
  EXPECT_EQ(param_of(request({id(-1)}, 3)), "prompt");
  EXPECT_EQ(param_of(request({id(1)}, 0)), "max_tokens");
  EXPECT_EQ(param_of(request(std::vector<TokenId>(kContext - 1, id(1)), 2)), "max_tokens");
  EXPECT_EQ(param_of(request(std::vector<TokenId>(kContext, id(1)), 1)), "prompt");
  EXPECT_EQ(param_of(request(std::vector<TokenId>(kContext + 1, id(1)), 1)), "prompt");
  EXPECT_EQ(param_of(request({id(1)}, 0xFFFFFFFF)), "max_tokens");
  GenerateRequest bad = request({id(1)}, 3);
  bad.stop = {"x", ""};
  EXPECT_EQ(param_of(bad), "stop[1]");
  bad.stop = {std::string("\xFF")};
  EXPECT_EQ(param_of(bad), "stop[0]");
  bad.stop.assign(100, "x");
  EXPECT_EQ(param_of(bad), "stop");
  bad.stop.clear();
  bad.logprobs = 1000;
  EXPECT_EQ(param_of(bad), "logprobs");
  EXPECT_EQ(param_of(request(std::vector<TokenId>(kContext - 1, id(1)), 1)), "accepted");
}

TEST(EngineLoop, random_requests_and_cancels_from_many_threads_leave_nothing_behind) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  Rig rig(hash_history, {.sequences_max = 5, .queue_max = 20, .step_tokens_max = 9, .step_rows_max = 4}, {}, 80);
  std::atomic<int> ended = 0, refused = 0;
  constexpr int kThreads = 4, kRequests = 150;
  std::vector<std::thread> clients;
  for (int client = 0; client < kThreads; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(seed + static_cast<unsigned>(client));
      for (int i = 0; i < kRequests; ++i) {
        RequestLog log;
        GenerateRequest wanted = request(std::vector<TokenId>(1 + random() % 50, id(2)), 1 + random() % 30);
        wanted.sampling.temperature = 1;
        wanted.sampling.seed = random();
        const bool throws = random() % 10 == 0;
        try {
          const RequestId own = rig.loop->submit(wanted, log.sink([throws](const GenerateEvent& event) {
            if (throws && event.kind == Kind::kText) throw std::runtime_error("gone");
          }));
          if (random() % 3 == 0) rig.loop->cancel(own);
          if (random() % 2 == 0) log.wait();
          ++ended;
        } catch (const Error& error) {
          ASSERT_EQ(error.kind(), ErrorKind::kUnavailable);
          ++refused;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  RequestLog last;
  rig.loop->drain();
  for (int i = 0; i < 6000 && rig.loop->stats().running + rig.loop->stats().waiting > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const EngineStats stats = rig.loop->stats();
  expect_empty(stats);
  EXPECT_EQ(stats.requests_finished + stats.requests_cancelled + stats.requests_failed,
            static_cast<std::uint64_t>(ended.load()));
  EXPECT_EQ(stats.requests_rejected, static_cast<std::uint64_t>(refused.load()));
}

}  // namespace
}  // namespace rbee::engine
