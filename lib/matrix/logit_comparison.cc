#include "matrix/logit_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/printable.h"

namespace rbee::matrix {
namespace {

using ByToken = std::map<std::string, double>;

// Without texts that stand for several tokens: parts of characters all read as U+FFFD.
ByToken unique_candidates(const PositionScore& score) {
  ByToken out;
  std::map<std::string, std::size_t> times;
  for (const Candidate& one : score.top) {
    if (one.token.find("\xEF\xBF\xBD") != std::string::npos || !std::isfinite(one.logprob)) continue;
    ++times[one.token];
    out[one.token] = one.logprob;
  }
  for (const auto& [token, count] : times) {
    if (count > 1) out.erase(token);
  }
  return out;
}

const Candidate& best(const PositionScore& score) {
  return *std::max_element(score.top.begin(), score.top.end(),
                           [](const Candidate& a, const Candidate& b) { return a.logprob < b.logprob; });
}

double lowest(const PositionScore& score) {
  double low = std::numeric_limits<double>::infinity();
  for (const Candidate& one : score.top) {
    // The token that stands there may be listed below the likeliest ones; it bounds nothing.
    if (one.token != score.token) low = std::min(low, one.logprob);
  }
  return low;
}

// By how much candidates that the other side does not list differ at least.
double unlisted_difference(const PositionScore& from, const PositionScore& to, const ByToken& to_candidates) {
  const double bound = lowest(to);
  if (!std::isfinite(bound)) return 0;
  double most = 0;
  for (const auto& [token, logprob] : unique_candidates(from)) {
    if (!to_candidates.contains(token)) most = std::max(most, logprob - bound);
  }
  return most;
}

struct Pair {
  double found, reference;
};

double centred_nmse(const std::vector<Pair>& pairs) {
  double found_mean = 0, reference_mean = 0;
  for (const Pair& pair : pairs) {
    found_mean += pair.found / static_cast<double>(pairs.size());
    reference_mean += pair.reference / static_cast<double>(pairs.size());
  }
  double error = 0, power = 0;
  for (const Pair& pair : pairs) {
    const double reference = pair.reference - reference_mean;
    const double difference = pair.found - found_mean - reference;
    error += difference * difference;
    power += reference * reference;
  }
  // Candidates that are exactly alike have no shape to compare; any difference is then all error.
  return power > 0 ? error / power : (error > 0 ? 1.0 : 0.0);
}

void compare_position(const PositionScore& found, const PositionScore& reference, std::size_t position,
                      LogitComparison& out) {
  const ByToken a = unique_candidates(found), b = unique_candidates(reference);
  std::vector<Pair> pairs;
  for (const auto& [token, logprob] : a) {
    const auto other = b.find(token);
    if (other == b.end()) continue;
    pairs.push_back({logprob, other->second});
    out.max_abs = std::max(out.max_abs, std::abs(logprob - other->second));
  }
  out.max_abs =
      std::max({out.max_abs, unlisted_difference(found, reference, b), unlisted_difference(reference, found, a)});
  ++out.positions;
  if (pairs.size() < 2) {
    ++out.disjoint;
  } else if (const double nmse = centred_nmse(pairs); nmse > out.worst_nmse || out.positions == 1) {
    out.worst_nmse = nmse;
    out.worst_position = position;
  }
  const Candidate &found_best = best(found), &reference_best = best(reference);
  if (found_best.token == reference_best.token) return;
  ++out.top1_differences;
  // Where several tokens read alike, the likeliest of them bounds the margin from below.
  const auto theirs = std::find_if(reference.top.begin(), reference.top.end(),
                                   [&](const Candidate& one) { return one.token == found_best.token; });
  const double other = theirs != reference.top.end() ? theirs->logprob : lowest(reference);
  out.top1_margin = std::max(out.top1_margin, reference_best.logprob - other);
}

}  // namespace

LogitComparison compare_logits(const std::vector<PositionScore>& found, const std::vector<PositionScore>& reference) {
  if (found.size() != reference.size()) {
    fail(ErrorKind::kBadRequest, "{} positions against {} of the reference", found.size(), reference.size());
  }
  LogitComparison out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].token != reference[i].token) {
      fail(ErrorKind::kBadRequest, "position {} holds '{}', in the reference '{}'", i, printable(found[i].token, 40),
           printable(reference[i].token, 40));
    }
    if (found[i].top.empty() || reference[i].top.empty()) continue;
    compare_position(found[i], reference[i], i, out);
  }
  return out;
}

double top_margin(const PositionScore& score) {
  double first = -std::numeric_limits<double>::infinity(), second = first;
  for (const Candidate& one : score.top) {
    if (one.logprob > first) {
      second = first;
      first = one.logprob;
    } else {
      second = std::max(second, one.logprob);
    }
  }
  return std::isfinite(second) ? first - second : 0;
}

}  // namespace rbee::matrix
