#include "test/reference_scores.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "matrix/reference_work.h"
#include "test/corpus.h"
#include "test/limits.h"
#include "wire/pool/model_file.h"

namespace rbee::keeper {

namespace f = matrix::figure;
namespace json = boost::json;
using matrix::Check;
using matrix::CheckRecord;
using matrix::PositionScore;

namespace {

json::array to_json(const std::vector<PositionScore>& scores) {
  json::array out;
  for (const PositionScore& score : scores) {
    json::array top;
    for (const matrix::Candidate& one : score.top) top.push_back(json::array{json::string(one.token), one.logprob});
    out.push_back({{"token", score.token}, {"top", std::move(top)}});
  }
  return out;
}

std::vector<PositionScore> scores_from_json(const json::value& value) {
  std::vector<PositionScore> out;
  for (const json::value& one : value.as_array()) {
    PositionScore score{std::string(one.at("token").as_string()), {}};
    for (const json::value& candidate : one.at("top").as_array()) {
      score.top.push_back({std::string(candidate.at(0).as_string()), candidate.at(1).to_number<double>()});
    }
    out.push_back(std::move(score));
  }
  return out;
}

wire::TokenIds ids_from_json(const json::value& value) {
  wire::TokenIds ids;
  for (const json::value& id : value.as_array()) ids.push_back(id.to_number<std::int32_t>());
  return ids;
}

std::filesystem::path cache_file(const std::filesystem::path& folder, const std::string& digest) {
  return folder / (digest + ".json");
}

}  // namespace

void set_comparison(CheckRecord& record, const matrix::LogitComparison& comparison) {
  record.set(f::kPositions, static_cast<double>(comparison.positions));
  record.set(f::kWorstPosition, static_cast<double>(comparison.worst_position));
  record.set(f::kWorstNmse, comparison.worst_nmse);
  record.set(f::kMaxAbs, comparison.max_abs);
  record.set(f::kTop1Differences, static_cast<double>(comparison.top1_differences));
  record.set(f::kTop1Margin, comparison.top1_margin);
  record.set(f::kDisjoint, static_cast<double>(comparison.disjoint));
}

ReferenceScores compute_reference(WorkerClient& worker, std::uint64_t parameters) {
  ReferenceScores out;
  const std::size_t positions = matrix::reference_positions(parameters);
  out.ids = worker.tokenize(std::string(scored_text()), true);
  const std::uint32_t context = worker.health().context;
  out.ids.resize(std::min<std::size_t>({out.ids.size(), positions, context}));
  out.scores = worker.score(out.ids, kTopCandidates);
  out.opening = make_opening(worker).ids;
  // A generated token costs as much as a scored one.
  const std::size_t tokens = std::clamp<std::size_t>(positions / 8, 4, kRepeatTokens);
  out.greedy = worker.generate(out.opening, static_cast<std::uint32_t>(tokens), kTopCandidates);
  return out;
}

CheckRecord check_logits(WorkerClient& worker, const ReferenceScores& reference) {
  CheckRecord record = matrix::made(Check::kLogits);
  set_comparison(record, matrix::compare_logits(worker.score(reference.ids, kTopCandidates), reference.scores));
  return record;
}

CheckRecord check_greedy(WorkerClient& worker, const ReferenceScores& reference) {
  CheckRecord record = matrix::made(Check::kGreedy);
  const std::vector<PositionScore> found =
      worker.generate(reference.opening, static_cast<std::uint32_t>(reference.greedy.size()), 2);
  const std::size_t n = std::min(found.size(), reference.greedy.size());
  std::size_t first = 0;
  while (first < n && found[first].token == reference.greedy[first].token) ++first;
  record.set(f::kTokens, static_cast<double>(reference.greedy.size()));
  record.set(f::kDifferences, found.size() == reference.greedy.size() && first == n ? 0 : 1);
  if (first < n) {
    record.set(f::kFirstDifference, static_cast<double>(first));
    record.set(f::kMargin, matrix::top_margin(reference.greedy[first]));
    record.note = fmt::format("'{}', reference '{}'", printable(found[first].token, 40),
                              printable(reference.greedy[first].token, 40));
  }
  return record;
}

std::optional<ReferenceScores> ReferenceCache::find(const std::string& digest, const std::string& version) const {
  if (!wire::is_sha256_hex(digest)) return std::nullopt;
  const std::filesystem::path path = cache_file(folder_, digest);
  try {
    const json::value document = parse_json(read_file(path, kAnswerBytesMax), path.string());
    if (document.at("corpus").to_number<int>() != kCorpusVersion) return std::nullopt;
    if (document.at("version").as_string() != version) return std::nullopt;
    ReferenceScores out{ids_from_json(document.at("ids")), scores_from_json(document.at("scores")),
                        ids_from_json(document.at("opening")), scores_from_json(document.at("greedy"))};
    if (out.ids.size() != out.scores.size() || out.ids.empty() || out.greedy.empty()) return std::nullopt;
    return out;
  } catch (const std::exception&) {
    return std::nullopt;  // absent, damaged, or of an older form: it is computed again
  }
}

void ReferenceCache::keep(const std::string& digest, const std::string& version, const ReferenceScores& scores) const {
  if (!wire::is_sha256_hex(digest)) return;
  std::filesystem::create_directories(folder_);
  write_file_atomically(cache_file(folder_, digest),
                        json_line(json::object{{"corpus", kCorpusVersion},
                                               {"version", version},
                                               {"ids", json::array(scores.ids.begin(), scores.ids.end())},
                                               {"scores", to_json(scores.scores)},
                                               {"opening", json::array(scores.opening.begin(), scores.opening.end())},
                                               {"greedy", to_json(scores.greedy)}}));
}

}  // namespace rbee::keeper
