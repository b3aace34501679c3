#pragma once
// The checks of a cell and what each of them found: numbers by name, so that every check is kept, compared and shown
// the same way.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rbee::matrix {

enum class Check {
  kLoad,            ///< the worker became ready on the backend that was asked for
  kAnswer,          ///< a prompt is answered with tokens and one end
  kTokenizer,       ///< texts survive a round trip; ids are those of expected.json
  kTemplate,        ///< the chat template prints what expected.json says
  kExpectedTokens,  ///< greedy tokens and texts are those of expected.json
  kExpectedLogits,  ///< log-probabilities are those of expected.json
  kLogits,          ///< log-probabilities at every position are those of the reference backend
  kGreedy,          ///< the greedy answer is that of the reference backend
  kRepeat,          ///< the same request twice gives the same tokens
  kCompany,         ///< and the same again beside other requests
  kSecondRequest,   ///< and the same again after other requests: nothing of theirs is left in a cache
  kFreshWorker,     ///< a worker that was just started gives the same
  kCancel,          ///< a cancelled request frees its sequence
  kSpeed,           ///< time to the first token, prefill and decode; never fails, but must be there
  kMemory,          ///< peak memory against the estimate
  kMemorySlope,     ///< memory does not grow from request to request
  kStop,            ///< the process is gone and its port free
};
inline constexpr std::size_t kChecks = static_cast<std::size_t>(Check::kStop) + 1;

/// "load", "answer", …
std::string_view check_name(Check check);
/// Nothing for an unknown name: a later version's check.
std::optional<Check> check_of_name(std::string_view name);
/// What it shows, for people: "logits against reference".
std::string_view check_title(Check check);

/// How much is tested.
enum class Depth {
  kQuick,     ///< load, answer, stop
  kStandard,  ///< and the model is right: parity, logits, repeatability, cancellation, speed, memory
  kFull,      ///< and it stays right: fresh worker, memory over many requests
};
std::string_view depth_name(Depth depth);
/// Throws Error{kBadFile}.
Depth depth_of_name(std::string_view name);
/// Without every one of these there is no pass.
std::span<const Check> required_checks(Depth depth);
/// Whether a model or backend may have nothing to check here: no chat template, no expected.json.
bool may_not_apply(Check check);

enum class Standing {
  kMade,
  kNotApplicable,  ///< there is nothing to check; `note` says why
  kNotMade,        ///< `note` says why
};

/// What one check found.
struct CheckRecord {
  Check check = Check::kLoad;
  Standing standing = Standing::kNotMade;
  std::string note;  ///< a few words: the first difference, the device, why it was not made
  std::map<std::string, double, std::less<>> figures;

  /// Sets a figure; one that is not finite is left out, and so counts as missing.
  void set(std::string_view name, double value);
  std::optional<double> figure(std::string_view name) const;
};

CheckRecord made(Check check);
CheckRecord not_applicable(Check check, std::string why);
CheckRecord not_made(Check check, std::string why);

/// Names of figures.
namespace figure {
inline constexpr std::string_view kReadySeconds = "ready_seconds", kWarmSeconds = "warm_seconds",
                                  kOtherBackend = "other_backend", kContext = "context", kErrors = "errors",
                                  kEnds = "ends", kTokens = "tokens", kTokenEvents = "token_events",
                                  kInvalidUtf8 = "invalid_utf8", kCases = "cases", kDifferences = "differences",
                                  kOtherIds = "other_ids", kFirstDifference = "first_difference", kMargin = "margin",
                                  kPositions = "positions", kWorstNmse = "worst_nmse",
                                  kWorstPosition = "worst_position", kMaxAbs = "max_abs",
                                  kTop1Differences = "top1_differences", kTop1Margin = "top1_margin",
                                  kDisjoint = "disjoint_positions", kCancelSeconds = "cancel_seconds",
                                  kHangUpSeconds = "hang_up_seconds", kSequencesLeft = "sequences_left",
                                  kNotCancelled = "not_cancelled", kTtftMs = "ttft_ms",
                                  kPrefill = "prefill_tokens_per_second", kDecode = "decode_tokens_per_second",
                                  kPromptTokens = "prompt_tokens", kPeakBytes = "peak_bytes",
                                  kEstimateBytes = "estimate_bytes", kDeviceBytes = "device_bytes",
                                  kRequests = "requests", kBytesPerRequest = "bytes_per_request",
                                  kSlopeLowerBound = "bytes_per_request_at_least", kProcessLeft = "process_left",
                                  kPortLeft = "port_left", kSeconds = "seconds";
}  // namespace figure

}  // namespace rbee::matrix
