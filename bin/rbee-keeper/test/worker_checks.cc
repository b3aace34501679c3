#include "test/worker_checks.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/printable.h"
#include "matrix/memory_slope.h"
#include "test/corpus.h"
#include "test/limits.h"

namespace rbee::keeper {

namespace f = matrix::figure;
namespace json = boost::json;
using matrix::Check;
using matrix::CheckRecord;
using matrix::PositionScore;

namespace {

json::value one_message(std::string_view content) {
  return {{{"role", "user"}, {"content", content}}};
}

wire::ExecuteRequest greedy_request(wire::Prompt prompt, std::uint32_t max_tokens) {
  wire::ExecuteRequest request;
  request.prompt = std::move(prompt);
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0;
  return request;
}

// What differs between two greedy continuations, token by token and bit by bit; empty when nothing does.
std::string difference(const std::vector<PositionScore>& a, const std::vector<PositionScore>& b) {
  if (a.size() != b.size()) return fmt::format("{} tokens, then {}", a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].token != b[i].token) {
      return fmt::format("token {} was '{}', then '{}'", i, printable(a[i].token, 40), printable(b[i].token, 40));
    }
    const bool same = std::equal(a[i].top.begin(), a[i].top.end(), b[i].top.begin(), b[i].top.end(),
                                 [](const matrix::Candidate& x, const matrix::Candidate& y) {
                                   return x.token == y.token && x.logprob == y.logprob;
                                 });
    if (!same) return fmt::format("the log-probabilities of token {} differ", i);
  }
  return "";
}

void count_case(CheckRecord& record, double& cases, double& differences, const std::string& what) {
  ++cases;
  if (!what.empty()) {
    ++differences;
    if (record.note.empty()) record.note = what;
  }
  record.set(f::kCases, cases);
  record.set(f::kDifferences, differences);
}

std::string_view without_first_space(std::string_view text) {
  return text.starts_with(' ') ? text.substr(1) : text;
}

// Waits until the worker runs nothing; the seconds it took, or nothing when something stayed.
std::optional<double> seconds_until_idle(WorkerClient& worker, const Clock& clock, const std::atomic<bool>& stop,
                                         SteadyTime since) {
  while (!stop && clock.now() - since < kSequenceFree) {
    const wire::WorkerReadiness now = worker.readiness();
    if (now.running == 0 && now.waiting == 0) return std::chrono::duration<double>(clock.now() - since).count();
    std::this_thread::sleep_for(kPoll);
  }
  return std::nullopt;
}

// As long an answer as the context allows.
wire::ExecuteRequest long_request(const Opening& opening, std::uint32_t context, const std::string& job_id) {
  const auto prompt = static_cast<std::uint32_t>(opening.ids.size());
  wire::ExecuteRequest request = greedy_request(opening.ids, context > prompt + 1 ? context - prompt - 1 : 1);
  request.ignore_eos = true;
  request.job_id = job_id;
  return request;
}

}  // namespace

bool same_text(std::string_view a, std::string_view b) {
  return without_first_space(a) == without_first_space(b);
}

Opening make_opening(WorkerClient& worker) {
  Opening out;
  try {
    out.prompt = worker.apply_template(one_message(kQuestion));
    out.chat = true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    out.prompt = kStory;
  }
  out.ids = worker.tokenize(out.prompt, !out.chat);
  if (out.ids.empty()) fail(ErrorKind::kIo, "/tokenize: no tokens for '{}'", printable(out.prompt, 60));
  return out;
}

wire::ExecuteRequest opening_request(const Opening& opening, std::uint32_t max_tokens) {
  wire::ExecuteRequest request = greedy_request(opening.prompt, max_tokens);
  if (opening.chat) {
    request.prompt.reset();
    request.messages = one_message(kQuestion);
  }
  return request;
}

CheckRecord check_answer(const Answer& answer) {
  CheckRecord record = matrix::made(Check::kAnswer);
  record.note = answer.problem.empty() ? printable(answer.text, 300) : answer.problem;
  record.set(f::kErrors, static_cast<double>(answer.errors));
  record.set(f::kEnds, static_cast<double>(answer.ends));
  record.set(f::kTokens, answer.tokens_out);
  record.set(f::kTokenEvents, static_cast<double>(answer.token_events));
  record.set(f::kInvalidUtf8, static_cast<double>(answer.invalid_utf8));
  return record;
}

CheckRecord check_round_trips(WorkerClient& worker) {
  CheckRecord record = matrix::made(Check::kTokenizer);
  double cases = 0, differences = 0;
  for (const std::string_view text : round_trip_texts()) {
    const std::string back = worker.detokenize(worker.tokenize(std::string(text), true));
    const bool same = same_text(back, text);
    count_case(record, cases, differences,
               same ? "" : fmt::format("'{}' came back as '{}'", printable(text, 60), printable(back, 60)));
  }
  return record;
}

CheckRecord check_repeat(WorkerClient& worker, const Opening& opening) {
  CheckRecord record = matrix::made(Check::kRepeat);
  double cases = 0, differences = 0;
  const std::vector<PositionScore> first = worker.generate(opening.ids, kRepeatTokens, 2);
  count_case(record, cases, differences, difference(first, worker.generate(opening.ids, kRepeatTokens, 2)));
  return record;
}

CheckRecord check_company(WorkerClient& worker, const Opening& opening, const Clock& clock,
                          const std::atomic<bool>& stop) {
  CheckRecord record = matrix::made(Check::kCompany);
  double cases = 0, differences = 0;
  const std::vector<PositionScore> alone = worker.generate(opening.ids, kRepeatTokens, 2);
  std::vector<wire::TokenIds> others;
  for (const std::string_view text : companion_texts()) others.push_back(worker.tokenize(std::string(text), true));
  std::vector<std::exception_ptr> thrown(others.size());
  std::vector<std::thread> companions;
  for (std::size_t i = 0; i < others.size(); ++i) {
    companions.emplace_back([&, i] {
      try {
        WorkerClient(worker.address(), clock, stop).generate(others[i], kRepeatTokens * 2, 2);
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    });
  }
  std::exception_ptr own;
  try {
    for (int i = 0; i < 2; ++i) {
      count_case(record, cases, differences, difference(alone, worker.generate(opening.ids, kRepeatTokens, 2)));
    }
  } catch (...) {
    own = std::current_exception();
  }
  for (std::thread& companion : companions) companion.join();
  thrown.push_back(own);
  for (const std::exception_ptr& one : thrown) {
    if (one) std::rethrow_exception(one);
  }
  return record;
}

CheckRecord check_second_request(WorkerClient& worker, const wire::ExecuteRequest& request, const Answer& first) {
  CheckRecord record = matrix::made(Check::kSecondRequest);
  double cases = 0, differences = 0;
  const Answer again = worker.execute(request);
  count_case(record, cases, differences,
             again.same_as(first)
                 ? ""
                 : fmt::format("'{}' was '{}' first", printable(again.text, 80), printable(first.text, 80)));
  return record;
}

CheckRecord check_cancel(WorkerClient& worker, const Opening& opening, const Clock& clock,
                         const std::atomic<bool>& stop, const std::string& job_prefix) {
  CheckRecord record = matrix::made(Check::kCancel);
  const std::uint32_t context = worker.health().context;
  WorkerClient other(worker.address(), clock, stop);
  bool cancelled = false;
  double requests = 0, left = 0;
  // What never becomes free took at least as long as was waited.
  const double never = std::chrono::duration<double>(kSequenceFree).count();
  for (int attempt = 0; attempt < kCancelAttempts && !cancelled; ++attempt) {
    const std::string job = fmt::format("{}-cancel-{}", job_prefix, attempt);
    std::optional<SteadyTime> asked;
    const Answer answer = worker.execute(long_request(opening, context, job), [&] {
      if (!asked) {
        asked = clock.now();
        other.cancel(job);
      }
      return true;
    });
    ++requests;
    cancelled = answer.stop_reason == "CANCELLED";
    record.note = cancelled ? "" : fmt::format("it ended by {}{}", printable(answer.stop_reason, 40), answer.problem);
    const std::optional<double> seconds = seconds_until_idle(other, clock, stop, asked.value_or(clock.now()));
    left += seconds ? 0 : 1;
    record.set(f::kCancelSeconds, seconds.value_or(never));
  }
  worker.execute(long_request(opening, context, job_prefix + "-hang-up"), [] { return false; });
  ++requests;
  const std::optional<double> seconds = seconds_until_idle(other, clock, stop, clock.now());
  left += seconds ? 0 : 1;
  record.set(f::kHangUpSeconds, seconds.value_or(never));
  record.set(f::kRequests, requests);
  record.set(f::kNotCancelled, cancelled ? 0 : 1);
  record.set(f::kSequencesLeft, left);
  return record;
}

CheckRecord check_speed(WorkerClient& worker, const Opening& opening) {
  CheckRecord record = matrix::made(Check::kSpeed);
  wire::TokenIds ids = worker.tokenize(std::string(scored_text()), true);
  std::reverse(ids.begin(), ids.end());
  const std::uint32_t context = worker.health().context;
  ids.resize(std::min<std::size_t>({ids.size(), 128, context > 2 * kSpeedTokens ? context - kSpeedTokens : 1}));
  if (ids.empty()) ids = opening.ids;
  wire::ExecuteRequest request = greedy_request(ids, kSpeedTokens);
  request.ignore_eos = true;
  const Answer answer = worker.execute(request);
  if (answer.errors > 0 || answer.ends != 1) return matrix::not_made(Check::kSpeed, answer.problem);
  record.set(f::kTtftMs, answer.ttft_ms);
  record.set(f::kPromptTokens, static_cast<double>(ids.size()));
  record.set(f::kTokens, answer.tokens_out);
  if (answer.prefill_ms > 0) record.set(f::kPrefill, static_cast<double>(ids.size()) * 1000 / answer.prefill_ms);
  // The first token comes with the prefill.
  if (answer.decode_ms > 0 && answer.tokens_out > 1) {
    record.set(f::kDecode, static_cast<double>(answer.tokens_out - 1) * 1000 / answer.decode_ms);
  }
  return record;
}

CheckRecord check_memory(WorkerClient& worker, std::uint64_t estimate_bytes) {
  CheckRecord record = matrix::made(Check::kMemory);
  const wire::WorkerHealth health = worker.health();
  record.set(f::kPeakBytes, static_cast<double>(health.rss_peak_bytes));
  record.set(f::kEstimateBytes, static_cast<double>(estimate_bytes));
  record.set(f::kDeviceBytes, static_cast<double>(health.vram_bytes));
  return record;
}

CheckRecord check_memory_slope(WorkerClient& worker, const Opening& opening, std::size_t requests) {
  std::vector<double> bytes;
  for (std::size_t i = 0; i < requests; ++i) {
    wire::TokenIds ids = opening.ids;
    const std::size_t extra = i % 7;  // several lengths, so that blocks of every shape come and go
    ids.insert(ids.end(), opening.ids.begin(),
               opening.ids.begin() + static_cast<std::ptrdiff_t>(std::min(extra, opening.ids.size())));
    wire::ExecuteRequest request = greedy_request(std::move(ids), kSlopeTokens);
    request.ignore_eos = true;
    const Answer answer = worker.execute(request);
    if (answer.errors > 0) return matrix::not_made(Check::kMemorySlope, answer.problem);
    bytes.push_back(static_cast<double>(worker.health().rss_bytes));
  }
  CheckRecord record = matrix::made(Check::kMemorySlope);
  record.set(f::kRequests, static_cast<double>(bytes.size()));
  if (const auto slope = matrix::memory_slope(bytes)) {
    record.set(f::kBytesPerRequest, slope->bytes_per_request);
    record.set(f::kSlopeLowerBound, slope->lower_bound);
  }
  return record;
}

}  // namespace rbee::keeper
