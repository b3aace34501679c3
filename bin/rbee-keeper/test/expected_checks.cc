#include "test/expected_checks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/printable.h"
#include "matrix/logit_comparison.h"
#include "test/corpus.h"
#include "test/limits.h"
#include "test/reference_scores.h"

namespace rbee::keeper {

namespace f = matrix::figure;
namespace json = boost::json;
using matrix::Check;
using matrix::CheckRecord;
using matrix::PositionScore;

namespace {

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

template <typename T>
std::vector<T> numbers_at(const json::object& object, std::string_view name) {
  std::vector<T> out;
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return out;
  for (const json::value& number : value->as_array()) out.push_back(number.to_number<T>());
  return out;
}

// Adds one comparison to the record's counts; `what` is empty when it was as expected.
void count(CheckRecord& record, const std::string& what) {
  record.set(f::kCases, record.figure(f::kCases).value_or(0) + 1);
  record.set(f::kDifferences, record.figure(f::kDifferences).value_or(0) + (what.empty() ? 0 : 1));
  if (record.note.empty()) record.note = what;
}

// A template may have printed the tokenizer's own first token already.
bool gives_ids(WorkerClient& worker, const ExpectedCase& one) {
  return worker.tokenize(one.prompt, true) == one.ids || worker.tokenize(one.prompt, false) == one.ids;
}

struct TopOfLogits {
  wire::TokenIds ids;
  PositionScore score;  ///< tokens "id:7"
};

std::string id_name(std::int32_t id) {
  return fmt::format("id:{}", id);
}

// Log-softmax in double, then the likeliest.
TopOfLogits top_of(const std::vector<double>& logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit - highest);
  std::vector<std::int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t n = std::min(kExpectedCandidates, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                    [&](std::int32_t a, std::int32_t b) {
                      return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
                    });
  TopOfLogits out;
  for (std::size_t i = 0; i < n; ++i) {
    out.ids.push_back(order[i]);
    out.score.top.push_back({id_name(order[i]), logits[static_cast<std::size_t>(order[i])] - highest - std::log(sum)});
  }
  return out;
}

}  // namespace

std::vector<ExpectedCase> expected_cases(const json::value& document) {
  std::vector<ExpectedCase> out;
  try {
    for (const json::value& value : document.at("cases").as_array()) {
      if (out.size() == kExpectedCases) break;
      const json::object& object = value.as_object();
      out.push_back({text_at(object, "prompt"), text_at(object, "question"), text_at(object, "text"),
                     numbers_at<std::int32_t>(object, "ids"), numbers_at<std::int32_t>(object, "greedy"),
                     numbers_at<double>(object, "logits")});
      if (out.back().ids.empty()) fail(ErrorKind::kBadFile, "expected.json: case {} has no ids", out.size() - 1);
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(ErrorKind::kBadFile, "expected.json: not in the expected form: {}", error.what());
  }
  return out;
}

void check_expected_texts(WorkerClient& worker, const std::vector<ExpectedCase>& cases, const std::string& format,
                          CheckRecord& tokenizer) {
  for (const ExpectedCase& one : cases) {
    // Without a text the vocabulary is made up: ids are fed as they are.
    if (one.text.empty()) continue;
    if (!one.prompt.empty()) {
      const std::string other =
          gives_ids(worker, one) ? "" : fmt::format("other ids for '{}'", printable(one.prompt, 60));
      count(tokenizer, format == "gguf" ? "" : other);
      if (format == "gguf" && !other.empty()) {
        tokenizer.set(f::kOtherIds, tokenizer.figure(f::kOtherIds).value_or(0) + 1);
        if (tokenizer.note.empty()) tokenizer.note = other;
      }
    }
    if (one.greedy.empty()) continue;
    wire::ExecuteRequest request;
    request.prompt = one.ids;
    request.max_tokens = static_cast<std::uint32_t>(one.greedy.size());
    request.sampling.temperature = 0;
    const Answer answer = worker.execute(request);
    // Only a whole answer has a whole text; its tokens are another check's.
    if (answer.stop_reason != "EOS" || answer.tokens_out != one.greedy.size()) continue;
    const bool same = same_text(answer.text, one.text);
    count(tokenizer,
          same ? "" : fmt::format("'{}', expected '{}'", printable(answer.text, 80), printable(one.text, 80)));
  }
}

CheckRecord check_template(WorkerClient& worker, const Opening& opening, const std::vector<ExpectedCase>& cases) {
  CheckRecord record = matrix::made(Check::kTemplate);
  const bool asks = opening.prompt.find(kQuestion) != std::string::npos;
  count(record, asks ? "" : fmt::format("'{}' does not hold the question", printable(opening.prompt, 80)));
  for (const ExpectedCase& one : cases) {
    if (one.question.empty()) continue;
    const std::string prompt = worker.apply_template({{{"role", "user"}, {"content", one.question}}});
    count(record, prompt == one.prompt
                      ? ""
                      : fmt::format("'{}', expected '{}'", printable(prompt, 80), printable(one.prompt, 80)));
  }
  return record;
}

CheckRecord check_expected_tokens(WorkerClient& worker, const std::vector<ExpectedCase>& cases) {
  CheckRecord record = matrix::made(Check::kExpectedTokens);
  double tokens = 0, differences = 0, margin = 0;
  for (const ExpectedCase& one : cases) {
    wire::TokenIds ids = one.ids;
    ids.insert(ids.end(), one.greedy.begin(), one.greedy.end());
    const std::vector<PositionScore> scores = worker.score(ids, 2);
    for (std::size_t i = one.ids.size(); i < ids.size() && i < scores.size(); ++i) {
      const auto& top = scores[i].top;
      const auto own = std::find_if(top.begin(), top.end(), [&](const matrix::Candidate& candidate) {
        return candidate.token == scores[i].token;
      });
      if (own == top.end()) continue;  // not counted: nothing was seen of it
      ++tokens;
      const double behind = top.front().logprob - own->logprob;
      if (behind <= 0) continue;
      if (differences == 0) record.set(f::kFirstDifference, static_cast<double>(i - one.ids.size()));
      if (behind > margin) {
        record.note = fmt::format("'{}' instead of '{}' in '{}'", printable(top.front().token, 40),
                                  printable(own->token, 40), printable(one.prompt, 60));
      }
      margin = std::max(margin, behind);
      ++differences;
    }
  }
  record.set(f::kTokens, tokens);
  record.set(f::kDifferences, differences);
  record.set(f::kMargin, margin);
  return record;
}

CheckRecord check_expected_logits(WorkerClient& worker, const std::vector<ExpectedCase>& cases) {
  CheckRecord record = matrix::made(Check::kExpectedLogits);
  std::vector<PositionScore> found, expected;
  for (const ExpectedCase& one : cases) {
    if (one.logits.empty()) continue;
    TopOfLogits top = top_of(one.logits);
    const std::vector<double> logprobs = worker.continuations(one.ids, top.ids);
    PositionScore score;
    for (std::size_t i = 0; i < top.ids.size(); ++i) score.top.push_back({id_name(top.ids[i]), logprobs[i]});
    found.push_back(std::move(score));
    expected.push_back(std::move(top.score));
  }
  if (found.empty()) return matrix::not_applicable(Check::kExpectedLogits, "expected.json holds no logits");
  set_comparison(record, matrix::compare_logits(found, expected));
  return record;
}

}  // namespace rbee::keeper
