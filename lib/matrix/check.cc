#include "matrix/check.h"

#include <array>
#include <cmath>

#include "base/error.h"
#include "base/printable.h"

namespace rbee::matrix {
namespace {

struct CheckText {
  std::string_view name, title;
};

constexpr std::array<CheckText, kChecks> kTexts = {{
    {"load", "start"},
    {"answer", "answer"},
    {"tokenizer", "tokenizer"},
    {"template", "chat template"},
    {"expected_tokens", "expected answers"},
    {"expected_logits", "expected logits"},
    {"logits", "logits against reference"},
    {"greedy", "greedy answer against reference"},
    {"repeat", "same request twice"},
    {"company", "in company of others"},
    {"second_request", "after other requests"},
    {"fresh_worker", "fresh worker"},
    {"cancel", "cancellation"},
    {"speed", "speed"},
    {"memory", "memory"},
    {"memory_slope", "memory over many requests"},
    {"stop", "stop"},
}};

constexpr std::array kQuickChecks = {Check::kLoad, Check::kAnswer, Check::kStop};
constexpr std::array kStandardChecks = {
    Check::kLoad,           Check::kAnswer, Check::kTokenizer, Check::kTemplate, Check::kExpectedTokens,
    Check::kExpectedLogits, Check::kLogits, Check::kGreedy,    Check::kRepeat,   Check::kCompany,
    Check::kSecondRequest,  Check::kCancel, Check::kSpeed,     Check::kMemory,   Check::kStop};
constexpr std::array kFullChecks = {
    Check::kLoad,           Check::kAnswer,      Check::kTokenizer, Check::kTemplate, Check::kExpectedTokens,
    Check::kExpectedLogits, Check::kLogits,      Check::kGreedy,    Check::kRepeat,   Check::kCompany,
    Check::kSecondRequest,  Check::kFreshWorker, Check::kCancel,    Check::kSpeed,    Check::kMemory,
    Check::kMemorySlope,    Check::kStop};
static_assert(kFullChecks.size() == kChecks);

constexpr std::array<std::string_view, 3> kDepths = {"quick", "standard", "full"};

CheckRecord record(Check check, Standing standing, std::string note) {
  CheckRecord out;
  out.check = check;
  out.standing = standing;
  out.note = std::move(note);
  return out;
}

}  // namespace

std::string_view check_name(Check check) {
  return kTexts[static_cast<std::size_t>(check)].name;
}

std::optional<Check> check_of_name(std::string_view name) {
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (kTexts[i].name == name) return static_cast<Check>(i);
  }
  return std::nullopt;
}

std::string_view check_title(Check check) {
  return kTexts[static_cast<std::size_t>(check)].title;
}

std::string_view depth_name(Depth depth) {
  return kDepths[static_cast<std::size_t>(depth)];
}

Depth depth_of_name(std::string_view name) {
  for (std::size_t i = 0; i < kDepths.size(); ++i) {
    if (kDepths[i] == name) return static_cast<Depth>(i);
  }
  fail(ErrorKind::kBadFile, "'{}' is no depth of a test: quick, standard or full", printable(name, 40));
}

std::span<const Check> required_checks(Depth depth) {
  if (depth == Depth::kQuick) return kQuickChecks;
  if (depth == Depth::kStandard) return kStandardChecks;
  return kFullChecks;
}

bool may_not_apply(Check check) {
  return check == Check::kTemplate || check == Check::kExpectedTokens || check == Check::kExpectedLogits;
}

void CheckRecord::set(std::string_view name, double value) {
  if (std::isfinite(value)) figures.insert_or_assign(std::string(name), value);
}

std::optional<double> CheckRecord::figure(std::string_view name) const {
  const auto at = figures.find(name);
  if (at == figures.end()) return std::nullopt;
  return at->second;
}

CheckRecord made(Check check) {
  return record(check, Standing::kMade, "");
}

CheckRecord not_applicable(Check check, std::string why) {
  return record(check, Standing::kNotApplicable, std::move(why));
}

CheckRecord not_made(Check check, std::string why) {
  return record(check, Standing::kNotMade, std::move(why));
}

}  // namespace rbee::matrix
