#include "matrix/verdict.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "base/units.h"
#include "matrix/limits.h"

namespace rbee::matrix {
namespace {

namespace f = figure;

/// Figures of one record; remembers which were absent.
class Figures {
 public:
  explicit Figures(const CheckRecord& record) : record_(record) {}

  double get(std::string_view name) {
    const std::optional<double> value = record_.figure(name);
    if (!value && missing_.empty()) missing_ = name;
    return value.value_or(0);
  }
  /// Empty when none was.
  const std::string& missing() const { return missing_; }

 private:
  const CheckRecord& record_;
  std::string missing_;
};

Judgement pass() {
  return {Grade::kPass, ""};
}

Judgement failing(const CheckRecord& record, const std::string& what) {
  return {Grade::kFail, record.note.empty() ? what : fmt::format("{}: {}", what, record.note)};
}

/// `count` must be at least 1, each of `zeros` 0.
Judgement judge_counts(const CheckRecord& record, Figures& figures, std::string_view count,
                       std::initializer_list<std::string_view> zeros) {
  const double n = figures.get(count);
  for (const std::string_view name : zeros) figures.get(name);
  if (!figures.missing().empty()) return {};
  for (const std::string_view name : zeros) {
    if (figures.get(name) != 0) {
      return failing(record, fmt::format("{} {} of {} {}", figures.get(name), name, n, count));
    }
  }
  if (n < 1) return failing(record, fmt::format("no {}", count));
  return pass();
}

// A GGUF file's vocabulary has scores where the original has merges, and may split a text in other tokens.
Judgement judge_tokenizer(const CheckRecord& record, Figures& figures) {
  const Judgement counts = judge_counts(record, figures, f::kCases, {f::kDifferences});
  const double other = record.figure(f::kOtherIds).value_or(0);
  if (counts.grade != Grade::kPass || other == 0) return counts;
  return {Grade::kTolerated, fmt::format("the file's own vocabulary splits {} of {} texts in other tokens: {}", other,
                                         figures.get(f::kCases), record.note)};
}

Judgement judge_answer(const CheckRecord& record, Figures& figures) {
  const double ends = figures.get(f::kEnds), errors = figures.get(f::kErrors);
  figures.get(f::kTokens);
  const Judgement tokens = judge_counts(record, figures, f::kTokenEvents, {f::kInvalidUtf8});
  if (!figures.missing().empty()) return {};
  if (errors != 0) return failing(record, "the worker answered with an error");
  if (ends != 1) return failing(record, fmt::format("{} end events, expected 1", ends));
  return tokens;
}

Judgement judge_logits(const CheckRecord& record, Figures& figures) {
  const double positions = figures.get(f::kPositions), nmse = figures.get(f::kWorstNmse);
  const double disjoint = figures.get(f::kDisjoint), differences = figures.get(f::kTop1Differences);
  const double margin = figures.get(f::kTop1Margin);
  const double worst = figures.get(f::kWorstPosition);
  if (!figures.missing().empty() || positions < 1) return {};
  if (disjoint > 0) {
    return failing(record,
                   fmt::format("at {} of {} positions none of the likeliest tokens agree", disjoint, positions));
  }
  if (nmse > kLogitNmseToleratedMax) {
    return failing(record, fmt::format("logits differ at position {}: NMSE {:.1e}, at most {:.0e} is tolerated", worst,
                                       nmse, kLogitNmseToleratedMax));
  }
  if (differences > 0 && margin > kNearTieNats) {
    return failing(record, fmt::format("another token is likeliest at {} of {} positions, where the margin is up to "
                                       "{:.3f} nats",
                                       differences, positions, margin));
  }
  if (nmse > kLogitNmsePassMax) {
    return {Grade::kTolerated, fmt::format("logits drift: NMSE {:.1e} at position {}", nmse, worst)};
  }
  if (differences > 0) {
    return {Grade::kTolerated,
            fmt::format("another token is likeliest at {} near-ties of {} positions", differences, positions)};
  }
  return pass();
}

Judgement judge_greedy(const CheckRecord& record, Figures& figures) {
  const double tokens = figures.get(f::kTokens), differences = figures.get(f::kDifferences);
  if (!figures.missing().empty() || tokens < 1) return {};
  if (differences == 0) return pass();
  const double first = figures.get(f::kFirstDifference);
  const double margin = figures.get(f::kMargin);
  if (!figures.missing().empty()) return failing(record, fmt::format("{} of {} differ", differences, tokens));
  const std::string what =
      fmt::format("the answer differs from token {} on, where the margin is {:.3f} nats", first, margin);
  if (margin <= kNearTieNats) return {Grade::kTolerated, what};
  return failing(record, what);
}

Judgement judge_cancel(const CheckRecord& record, Figures& figures) {
  const Judgement counts = judge_counts(record, figures, f::kRequests, {f::kNotCancelled, f::kSequencesLeft});
  const double slowest = std::max(figures.get(f::kCancelSeconds), figures.get(f::kHangUpSeconds));
  if (!figures.missing().empty()) return {};
  if (counts.grade != Grade::kPass) return counts;
  if (slowest > kCancelSecondsMax) {
    return failing(record, fmt::format("a cancelled request held its sequence for {:.1f} s", slowest));
  }
  return pass();
}

Judgement judge_speed(Figures& figures) {
  const bool shown = figures.get(f::kTtftMs) > 0 && figures.get(f::kPrefill) > 0 && figures.get(f::kDecode) > 0;
  return shown ? pass() : Judgement{Grade::kMissing, "no speed was measured"};
}

std::string bytes_text(double bytes) {
  return human_bytes(bytes <= 0 ? 0 : static_cast<std::uint64_t>(std::min(bytes, 1e18)));
}

Judgement judge_memory(const CheckRecord& record, Figures& figures) {
  const double peak = figures.get(f::kPeakBytes), estimate = figures.get(f::kEstimateBytes);
  if (!figures.missing().empty() || peak <= 0 || estimate <= 0) return {};
  const std::string what = fmt::format("it took {}, {} were estimated", bytes_text(peak), bytes_text(estimate));
  if (peak <= estimate) return pass();
  if (peak > estimate * kMemoryToleratedFactor + static_cast<double>(kMemoryToleratedBytes)) {
    return failing(record, what);
  }
  return {Grade::kTolerated, what};
}

Judgement judge_slope(const CheckRecord& record, Figures& figures) {
  const double requests = figures.get(f::kRequests), at_least = figures.get(f::kSlopeLowerBound);
  const double slope = figures.get(f::kBytesPerRequest);
  if (!figures.missing().empty()) return {};
  if (requests < static_cast<double>(kSlopeSamplesMin)) return {Grade::kMissing, "too few requests were measured"};
  if (at_least <= kLeakBytesPerRequest) return pass();
  return failing(record, fmt::format("memory grows by {} per request over {} requests", bytes_text(slope), requests));
}

Judgement judge_figures(const CheckRecord& record, Figures& figures) {
  switch (record.check) {
    case Check::kLoad: {
      const double seconds = figures.get(f::kReadySeconds), other = figures.get(f::kOtherBackend);
      if (!figures.missing().empty() || seconds < 0) return {};
      return other == 0 ? pass() : failing(record, "the worker runs on another backend than was asked for");
    }
    case Check::kAnswer:
      return judge_answer(record, figures);
    case Check::kTokenizer:
      return judge_tokenizer(record, figures);
    case Check::kTemplate:
    case Check::kRepeat:
    case Check::kCompany:
    case Check::kSecondRequest:
    case Check::kFreshWorker:
      return judge_counts(record, figures, f::kCases, {f::kDifferences});
    case Check::kExpectedTokens:
    case Check::kGreedy:
      return judge_greedy(record, figures);
    case Check::kExpectedLogits:
    case Check::kLogits:
      return judge_logits(record, figures);
    case Check::kCancel:
      return judge_cancel(record, figures);
    case Check::kSpeed:
      return judge_speed(figures);
    case Check::kMemory:
      return judge_memory(record, figures);
    case Check::kMemorySlope:
      return judge_slope(record, figures);
    case Check::kStop: {
      const double process = figures.get(f::kProcessLeft), port = figures.get(f::kPortLeft);
      if (!figures.missing().empty()) return {};
      if (process != 0) return failing(record, "the worker did not stop");
      return port == 0 ? pass() : failing(record, "its port still answers after the stop");
    }
  }
  return {};
}

// Worse grades last.
int badness(Grade grade) {
  constexpr std::array kOrder = {Grade::kNotApplicable, Grade::kPass, Grade::kTolerated, Grade::kMissing, Grade::kFail};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), grade) - kOrder.begin());
}

struct Worst {
  Grade grade = Grade::kMissing;
  std::string reason = "not made";
  bool seen = false;
};

void add_reason(std::string& reasons, const std::string& reason) {
  if (reason.empty()) return;
  if (!reasons.empty()) reasons += "; ";
  reasons += reason;
}

}  // namespace

Judgement judge(const CheckRecord& check) {
  if (check.standing == Standing::kNotMade) return {Grade::kMissing, check.note};
  if (check.standing == Standing::kNotApplicable) {
    return {may_not_apply(check.check) ? Grade::kNotApplicable : Grade::kMissing, check.note};
  }
  Figures figures(check);
  Judgement judgement = judge_figures(check, figures);
  if (judgement.grade == Grade::kMissing && judgement.reason.empty()) {
    judgement.reason = figures.missing().empty() ? "nothing was measured" : "no " + figures.missing();
  }
  return judgement;
}

Verdict verdict(const std::vector<CheckRecord>& checks, const std::vector<Obstacle>& obstacles, Depth depth) {
  std::array<Worst, kChecks> by_check;
  for (const CheckRecord& check : checks) {
    const Judgement judgement = judge(check);
    Worst& worst = by_check[static_cast<std::size_t>(check.check)];
    if (worst.seen && badness(judgement.grade) <= badness(worst.grade)) continue;
    worst = {judgement.grade, judgement.reason, true};
  }
  std::string failures, missing, drifts;
  for (const Obstacle& obstacle : obstacles) {
    if (failed(obstacle.state)) add_reason(failures, obstacle.reason.empty() ? "it failed" : obstacle.reason);
  }
  for (std::size_t i = 0; i < kChecks; ++i) {
    if (!by_check[i].seen) continue;
    const std::string reason = fmt::format("{}: {}", check_title(static_cast<Check>(i)), by_check[i].reason);
    if (by_check[i].grade == Grade::kFail) add_reason(failures, reason);
    if (by_check[i].grade == Grade::kTolerated) add_reason(drifts, reason);
  }
  if (!failures.empty()) return {CellState::kFail, failures};
  // A state that claims success is no obstacle: without evidence it stays unproven.
  for (const Obstacle& obstacle : obstacles) {
    return {works(obstacle.state) ? CellState::kNotRun : obstacle.state, obstacle.reason};
  }
  for (const Check check : required_checks(depth)) {
    const Worst& worst = by_check[static_cast<std::size_t>(check)];
    if (worst.grade == Grade::kMissing) add_reason(missing, fmt::format("{}: {}", check_title(check), worst.reason));
  }
  if (!missing.empty()) return {CellState::kNotRun, "evidence is missing: " + missing};
  if (!drifts.empty()) return {CellState::kTolerated, drifts};
  return {CellState::kPass, ""};
}

}  // namespace rbee::matrix
