#pragma once
// Evidence of a cell where everything is well.

#include <vector>

#include "matrix/check.h"
#include "matrix/results.h"

namespace rbee::matrix {

inline CheckRecord good_record(Check check) {
  namespace f = figure;
  CheckRecord record = made(check);
  const auto set = [&](std::initializer_list<std::pair<std::string_view, double>> figures) {
    for (const auto& [name, value] : figures) record.set(name, value);
    return record;
  };
  switch (check) {
    case Check::kLoad:
      return set({{f::kReadySeconds, 0.5}, {f::kOtherBackend, 0}});
    case Check::kAnswer:
      return set({{f::kEnds, 1}, {f::kErrors, 0}, {f::kTokens, 12}, {f::kTokenEvents, 11}, {f::kInvalidUtf8, 0}});
    case Check::kExpectedTokens:
    case Check::kGreedy:
      return set({{f::kTokens, 16}, {f::kDifferences, 0}});
    case Check::kExpectedLogits:
    case Check::kLogits:
      return set({{f::kPositions, 100},
                  {f::kWorstNmse, 1e-6},
                  {f::kWorstPosition, 7},
                  {f::kMaxAbs, 0.01},
                  {f::kTop1Differences, 0},
                  {f::kTop1Margin, 0},
                  {f::kDisjoint, 0}});
    case Check::kCancel:
      return set({{f::kRequests, 2},
                  {f::kNotCancelled, 0},
                  {f::kSequencesLeft, 0},
                  {f::kCancelSeconds, 0.1},
                  {f::kHangUpSeconds, 0.1}});
    case Check::kSpeed:
      return set({{f::kTtftMs, 5}, {f::kPrefill, 900}, {f::kDecode, 80}});
    case Check::kMemory:
      return set({{f::kPeakBytes, 1e9}, {f::kEstimateBytes, 1.2e9}});
    case Check::kMemorySlope:
      return set({{f::kRequests, 50}, {f::kBytesPerRequest, 100}, {f::kSlopeLowerBound, -50}});
    case Check::kStop:
      return set({{f::kProcessLeft, 0}, {f::kPortLeft, 0}});
    default:
      return set({{f::kCases, 3}, {f::kDifferences, 0}});
  }
}

inline std::vector<CheckRecord> good_records(Depth depth) {
  std::vector<CheckRecord> out;
  for (const Check check : required_checks(depth)) out.push_back(good_record(check));
  return out;
}

inline CellRecord good_cell(CellKey key) {
  CellRecord cell;
  cell.key = std::move(key);
  cell.checks = good_records(Depth::kStandard);
  cell.verdict = verdict(cell.checks, {}, Depth::kStandard);
  cell.started_at = "2026-11-20T08:00:00Z";
  cell.seconds = 2.5;
  return cell;
}

}  // namespace rbee::matrix
