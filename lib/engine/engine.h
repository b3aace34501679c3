#pragma once
// The inference engine: the only header of lib/engine that programs include.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/strong_id.h"
#include "engine/sample/sampling_params.h"
#include "engine/token_id.h"

namespace rbee::engine {

/// Names a request inside one engine.
using RequestId = StrongId<struct RequestTag, std::uint64_t>;

/// Called once, on the engine's thread, when the device is lost: the reason has been logged, every request has got its
/// error, and submit() refuses from now on. It must not destroy the engine.
using LostDevice = std::function<void()>;

struct EngineOptions {
  std::filesystem::path model;  ///< a model folder or a .gguf file
  std::string backend = "cpu";
  std::uint32_t gpu = 0;
  std::uint32_t threads = 0;              ///< 0: from affinity and cgroup limits
  std::string weights;                    ///< quantize on load to q8_0, q4_0 or q4_k; empty: as the files have them
  std::string cpu_isa;                    ///< a name of cpu::isa_name(); empty: the best there is
  std::filesystem::path module_folder;    ///< of backends that are modules; empty: beside the program
  std::filesystem::path cache_folder;     ///< for what is kept from run to run; empty: nothing
  std::uint32_t context = 0;              ///< positions per sequence; 0: the model's own, as far as memory allows
  std::uint32_t sequences_max = 16;       ///< requests that run at once
  std::uint32_t queue_max = 256;          ///< requests that wait
  std::uint32_t step_tokens_max = 256;    ///< tokens per step: the size of a prefill chunk
  std::uint32_t draft_max = 16;           ///< guessed tokens that a sequence carries in a step; 0: no speculation
  std::optional<std::uint64_t> kv_bytes;  ///< memory for the KV cache; derived when absent
  std::string kv_dtype;                   ///< f32, f16, bf16 or q8_0; empty: f32 for models in float32, else f16
  LostDevice on_lost;                     ///< may be empty
};

struct LoadProgress {
  std::uint32_t layers_done = 0, layers_total = 0;
  std::uint64_t bytes_done = 0, bytes_total = 0;
  /// Quantizing counts the source's bytes and no layers; it comes before loading, which begins at 0 again.
  enum class Stage : std::uint8_t { kQuantizing, kLoading } stage = Stage::kLoading;
};

enum class StopReason : std::uint8_t { kMaxTokens, kStopSequence, kEos, kCancelled };

/// A token with its log-probability, and the most likely ones at its place.
struct TokenLogprob {
  TokenId token;
  float logprob = 0.0F;
  std::vector<std::pair<TokenId, float>> top;  ///< most likely first
};

struct GenerateRequest {
  std::vector<TokenId> prompt;   ///< at least one token
  std::uint32_t max_tokens = 0;  ///< 0 is allowed with prompt_logprobs
  SamplingParams sampling;
  std::vector<std::string> stop;  ///< non-empty UTF-8 strings; the answer ends before the first of them
  bool ignore_eos = false;
  std::optional<std::uint32_t> logprobs;         ///< report each output token's, with this many alternatives
  std::optional<std::uint32_t> prompt_logprobs;  ///< the same for every prompt position but the first
};

/// What a request has produced since the last event. Delivered on the engine's thread; the receiver must not block.
struct GenerateEvent {
  enum class Kind : std::uint8_t {
    kStarted,  ///< its first prefill step begins
    kPrompt,   ///< prompt_logprobs is filled; once, before the first text
    kText,     ///< text (valid UTF-8, not empty) and the tokens behind it so far
    kEnd,      ///< stop_reason and the counts; last
    kError,    ///< error; last
  } kind = Kind::kStarted;
  std::string text;
  std::vector<TokenId> tokens;         ///< newly sampled ones behind `text` (EOS included at kEnd)
  std::vector<TokenLogprob> logprobs;  ///< for `tokens`, when asked for
  std::vector<TokenLogprob> prompt_logprobs;
  StopReason stop_reason = StopReason::kMaxTokens;
  std::string stop_sequence;  ///< the one that matched, with kStopSequence
  std::uint32_t prompt_tokens = 0, output_tokens = 0;
  double queue_ms = 0, prefill_ms = 0, decode_ms = 0;
  std::string error_code, error_message;
};
using EventSink = std::function<void(const GenerateEvent&)>;

struct ModelInfo {
  std::string name, architecture, format, dtype;  ///< format: "safetensors" or "gguf"; dtype: of most weights
  std::string source_dtype;  ///< of most weights in the files, where they are quantized on load; else empty
  std::string weights_text;  ///< what quantizing on load did, and where its result lies; else empty
  std::uint64_t parameters = 0, weight_bytes = 0, kv_bytes = 0;
  /// What the device's memory holds of it once loaded: as the driver measures it for this process, else what was asked
  /// of the driver; on the processor weights and KV cache.
  std::uint64_t device_bytes = 0;
  std::uint32_t context = 0;        ///< positions per sequence in this engine
  std::uint32_t model_context = 0;  ///< what the model was made for
  std::uint32_t vocab_size = 0;
  std::string kv_dtype;  ///< as in EngineOptions
  std::string backend, device;
  bool has_chat_template = false;
  double load_seconds = 0;
};

/// Counters since start; gauges of now. Any thread.
struct EngineStats {
  std::uint64_t requests_finished = 0, requests_cancelled = 0, requests_failed = 0, requests_rejected = 0;
  std::uint64_t prompt_tokens = 0, output_tokens = 0, steps = 0;
  std::uint64_t draft_tokens = 0, draft_tokens_accepted = 0;  ///< guessed and verified; those that came true
  std::uint64_t candidate_steps = 0;  ///< of `steps`, those whose device gave the highest logits of each row alone
  double prefill_seconds = 0, decode_seconds = 0;
  std::uint32_t running = 0, waiting = 0;
  std::uint32_t kv_blocks_used = 0, kv_blocks_total = 0;
};

/// A loaded model that answers many requests at once. Every method is thread-safe.
class Engine {
 public:
  /// Loads the model; `progress` is called on the loading thread. Throws Error.
  static std::unique_ptr<Engine> load(const EngineOptions& options,
                                      const std::function<void(const LoadProgress&)>& progress);
  virtual ~Engine() = default;

  virtual const ModelInfo& model() const = 0;

  virtual std::vector<TokenId> tokenize(std::string_view text, bool add_special) const = 0;
  virtual std::string detokenize(const std::vector<TokenId>& ids, bool skip_special) const = 0;
  /// The literal text of one token, for logprob listings; invalid UTF-8 stays as it is.
  virtual std::string token_text(TokenId id) const = 0;
  /// Throws Error{kBadRequest} when the model has no chat template, or the template refuses the messages.
  virtual std::string apply_chat_template(const boost::json::value& messages, const boost::json::value& tools,
                                          bool add_generation_prompt) const = 0;

  /// Queues a request; events come to `sink`, exactly one kEnd or kError last. Throws Error before any work:
  /// kBadRequest (param set: "prompt" with both counts when it does not fit the context, ids outside the vocabulary,
  /// values out of range), kUnavailable when the queue is full or the engine drains.
  virtual RequestId submit(GenerateRequest request, EventSink sink) = 0;
  /// Ends the request within one token with StopReason::kCancelled. Unknown or finished ids are ignored.
  virtual void cancel(RequestId id) = 0;
  /// Takes no new requests; running ones go on. Returns at once.
  virtual void drain() = 0;

  virtual EngineStats stats() const = 0;
};

}  // namespace rbee::engine
