#pragma once
// A worker against the model's expected.json: what a reference implementation computed for it.

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "matrix/check.h"
#include "test/worker_checks.h"
#include "test/worker_client.h"

namespace rbee::keeper {

/// One case of {"cases":[{"prompt","question"?,"ids","greedy","text"?,"logits"?}]}.
struct ExpectedCase {
  std::string prompt, question, text;
  wire::TokenIds ids, greedy;
  std::vector<double> logits;  ///< of every token id, after the last of ids; empty where not kept
};

/// The first kExpectedCases of them. Throws Error{kBadFile}.
std::vector<ExpectedCase> expected_cases(const boost::json::value& document);

/// Prompts give the expected ids, and whole answers the expected text. Adds to what check_round_trips() found. Other
/// ids from a vocabulary that was converted (`format` "gguf") are counted apart.
void check_expected_texts(WorkerClient& worker, const std::vector<ExpectedCase>& cases, const std::string& format,
                          matrix::CheckRecord& tokenizer);
/// The opening's prompt holds its question, and expected questions give the expected prompts.
matrix::CheckRecord check_template(WorkerClient& worker, const Opening& opening,
                                   const std::vector<ExpectedCase>& cases);
/// The expected greedy tokens, each given those before it: is it the likeliest?
matrix::CheckRecord check_expected_tokens(WorkerClient& worker, const std::vector<ExpectedCase>& cases);
/// The likeliest of the expected logits as log-probabilities.
matrix::CheckRecord check_expected_logits(WorkerClient& worker, const std::vector<ExpectedCase>& cases);

}  // namespace rbee::keeper
