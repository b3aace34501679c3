// Engine::load: from a path to an engine that answers.

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"
#include "engine/chat/chat_template_source.h"
#include "engine/generate/kv_budget.h"
#include "engine/generate/limits.h"
#include "engine/generate/loaded_engine.h"
#include "engine/generate/weight_warmer.h"
#include "engine/kv/kv_dtype.h"
#include "engine/weights/quantized_model.h"
#include "engine/weights/random_model.h"
#include "formats/gguf.h"
#include "formats/weight_recipe.h"

namespace rbee::engine {
namespace {

constexpr std::uint32_t kWarmingThreads = 2;  // one alone does not reach the page cache's speed; more gain little

void check_option(const char* flag, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::kBadRequest, fmt::format("{} is {}, must be from {} to {}", flag, value, low, high), flag);
}

void check_options(const EngineOptions& options) {
  check_option("sequences_max", options.sequences_max, 1, kSequencesMax);
  check_option("queue_max", options.queue_max, 0, kQueueMax);
  check_option("step_tokens_max", options.step_tokens_max, kStepTokensMin, kStepTokensMax);
  check_option("draft_max", options.draft_max, 0, kDraftTokensMax);
  if (!options.weights.empty() && !formats::parse_weight_type(options.weights)) {
    throw Error(ErrorKind::kBadRequest,
                fmt::format("weights is '{}', must be {}", options.weights, formats::kWeightTypeWords), "weights");
  }
}

std::unique_ptr<Tokenizer> load_tokenizer(const formats::ModelFiles& files) {
  if (files.gguf() != nullptr) return load_gguf_tokenizer(*files.gguf());
  return load_hf_tokenizer(files.folder() / "tokenizer.json");
}

// A template that cannot be used does not keep the model from answering plain prompts.
ChatParts load_chat(const formats::ModelFiles& files) {
  ChatParts parts;
  const std::optional<ChatTemplateSource> source = find_chat_template(files);
  if (!source) return parts;
  parts.bos_token = source->bos_token;
  parts.eos_token = source->eos_token;
  try {
    parts.chat_template.emplace(source->text);
    if (source->tool_text) parts.tool_template.emplace(*source->tool_text);
  } catch (const Error& error) {
    parts.chat_template.reset();
    parts.why_absent = fmt::format("the model's chat template cannot be used ({})", error.what());
    log_warning("{}", parts.why_absent);
  }
  return parts;
}

std::optional<formats::DType> wanted_kv_dtype(const EngineOptions& options) {
  if (options.kv_dtype.empty()) return std::nullopt;
  const std::optional<formats::DType> dtype = parse_kv_dtype(options.kv_dtype);
  if (dtype) return dtype;
  std::string names;
  for (const formats::DType one : kv_dtypes())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kv_dtype_name(one));
  throw Error(ErrorKind::kBadRequest, fmt::format("kv_dtype is '{}', expected one of {}", options.kv_dtype, names),
              "kv_dtype");
}

// Before the weights are read: that may take minutes.
void check_kv_dtype(const Backend& backend, const BuiltModel& model) {
  const auto append = std::find_if(model.graph.ops.begin(), model.graph.ops.end(),
                                   [](const Op& op) { return op.kind == OpKind::kKvAppend; });
  if (append == model.graph.ops.end() || backend.supports(*append, model.kv.dtype)) return;
  std::string names;
  for (const formats::DType dtype : kv_dtypes()) {
    if (backend.supports(*append, dtype)) names += fmt::format("{}{}", names.empty() ? "" : ", ", kv_dtype_name(dtype));
  }
  fail(ErrorKind::kUnsupported, "the {} backend does not keep keys and values as {}; it has: {}",
       backend.describe().name, kv_dtype_name(model.kv.dtype), names);
}

// The dtype that holds most of the weights' bytes.
std::string main_dtype(const formats::ModelFiles& files) {
  std::map<formats::DType, std::uint64_t> bytes;
  for (const auto& [name, tensor] : files.tensors()) bytes[tensor.dtype] += tensor.bytes;
  const auto most =
      std::max_element(bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes.end() ? "" : std::string(formats::dtype_info(most->first).name);
}

// What ends an answer: what generation_config.json (or the GGUF) says, and the tokenizer's own end token, which chat
// models often name there alone.
std::vector<TokenId> end_tokens(const formats::ModelFiles& files, const Tokenizer& tokenizer,
                                const std::string& eos_token) {
  std::vector<TokenId> ids;
  for (const std::int32_t id : files.generation().eos_ids) ids.emplace_back(id);
  const std::optional<TokenId> own = eos_token.empty() ? std::nullopt : tokenizer.find(eos_token);
  if (own && std::find(ids.begin(), ids.end(), *own) == ids.end()) ids.push_back(*own);
  if (ids.empty()) log_warning("{}: no end-of-text token is named: answers end at max_tokens", files.config().name);
  return ids;
}

KvBudget budget_for(const EngineOptions& options, const EngineParts& parts, const KvLayout& shape) {
  const std::uint64_t of_device = parts.backend->describe().memory_available_bytes;
  const KvBudget budget =
      plan_kv_budget({.shape = shape,
                      .model_context = parts.info.model_context,
                      .context = options.context,
                      .sequences_max = options.sequences_max,
                      .kv_bytes = options.kv_bytes,
                      .memory_available = of_device != 0 ? of_device : available_memory_bytes() + parts.held_bytes,
                      .weight_bytes = parts.info.weight_bytes});
  if (options.context == 0 && budget.context < parts.info.model_context) {
    log_warning("the context is reduced from {} to {} positions to fit the memory for the KV cache",
                parts.info.model_context, budget.context);
  }
  return budget;
}

void describe(const formats::ModelFiles& files, const BuiltModel& built, ModelInfo& info) {
  info.name = files.config().name;
  info.architecture = formats::architecture_name(files.config().architecture);
  info.format = files.gguf() != nullptr ? "gguf" : "safetensors";
  info.dtype = main_dtype(files);
  info.parameters = built.parameters;
  info.weight_bytes = files.weight_bytes();
  info.model_context = files.config().context_length;
  info.vocab_size = files.config().vocab_size;
  info.kv_dtype = kv_dtype_name(built.kv.dtype);
}

StepLimits step_limits(const EngineOptions& options, std::uint32_t vocab_size) {
  const std::uint64_t rows = kLogitsBytesMax / (std::uint64_t{vocab_size} * sizeof(float));
  return {.tokens_max = options.step_tokens_max,
          .outputs_max =
              static_cast<std::uint32_t>(std::clamp<std::uint64_t>(rows, kLogitRowsMin, options.step_tokens_max)),
          .sequences_max = options.sequences_max};
}

// One token through every layer: pages, caches and threads are awake when the first request comes. What it leaves in
// the cache is overwritten by the first sequence that gets the block.
void run_first_step(Backend& backend, Plan& plan, std::uint32_t vocab_size) {
  const TokenId token;
  const BlockId block;
  const std::uint32_t row = 0;
  const StepSequence sequence{.tokens = 1, .prompt_tokens = 1, .blocks = {&block, 1}};
  std::vector<float> logits(vocab_size);
  backend.run(plan, {.tokens = {&token, 1}, .sequences = {&sequence, 1}, .output_rows = {&row, 1}}, logits);
}

// The plan, with the weights in memory. A device that has memory of its own takes them in while the file is read.
std::unique_ptr<Plan> compile_plan(Backend& backend, BuiltModel& model, const KvLayout& kv, const StepLimits& limits,
                                   const std::function<void(const LoadProgress&)>& progress) {
  const auto warm = [&] { warm_weights(model.graph, model.weights, kv.layers, kWarmingThreads, progress); };
  const auto compile = [&] { return backend.compile(model.graph, model.weights, kv, limits); };
  const BackendDescription description = backend.describe();
  if (description.packs_weights) {
    report_released(model.graph, model.weights, kv.layers, progress);
    std::unique_ptr<Plan> plan = compile();
    model.weights.on_release(nullptr);
    return plan;
  }
  if (description.memory_available_bytes == 0) {
    warm();
    return compile();
  }
  std::future<std::unique_ptr<Plan>> compiled = std::async(std::launch::async, compile);
  warm();
  std::unique_ptr<Plan> plan = compiled.get();
  drop_weight_pages(model.graph, model.weights);
  return plan;
}

BackendOptions backend_options(const EngineOptions& options) {
  return {.gpu = options.gpu,
          .threads = options.threads,
          .cpu_isa = options.cpu_isa,
          .module_folder = options.module_folder,
          .cache_folder = options.cache_folder};
}

// Puts quantized weights in the place of the files' own, when that was asked for.
void quantize_parts(const EngineOptions& options, EngineParts& parts,
                    const std::function<void(const LoadProgress&)>& progress) {
  if (parts.files->hollow()) {
    parts.files = draw_weights(std::move(parts.files), formats::parse_weight_type(options.weights));
    parts.info.weights_text = "random numbers in memory";
    log_warning("the model's files hold no weights: they are random numbers in memory, and its answers are noise");
    return;
  }
  if (options.weights.empty()) return;
  parts.info.source_dtype = main_dtype(*parts.files);
  const std::uint32_t layers = parts.files->config().layers;
  const auto report = [&](std::uint64_t done, std::uint64_t total) {
    progress(
        {.layers_total = layers, .bytes_done = done, .bytes_total = total, .stage = LoadProgress::Stage::kQuantizing});
  };
  QuantizedModel model = quantize_model(std::move(parts.files),
                                        {.type = *formats::parse_weight_type(options.weights),
                                         .threads = compute_threads(backend_options(options)),
                                         .cache_folder = options.cache_folder},
                                        report);
  parts.files = std::move(model.files);
  parts.held_bytes = model.memory_bytes;
  parts.info.weights_text = fmt::format("{}; {}", model.text, model.cache.empty() ? "in memory alone" : "kept on disk");
  log_info("weights: {} to {}: {}{}", parts.info.source_dtype, main_dtype(*parts.files), model.text,
           model.cache.empty() ? "" : fmt::format("; kept in {}", model.cache.string()));
}

EngineParts load_parts(const EngineOptions& options, const std::function<void(const LoadProgress&)>& progress) {
  EngineParts parts;
  parts.on_lost = options.on_lost;
  parts.backend = make_backend(options.backend, backend_options(options));
  parts.files = formats::open_model(options.model);
  parts.tokenizer = load_tokenizer(*parts.files);
  parts.chat = load_chat(*parts.files);
  parts.eos_ids = end_tokens(*parts.files, *parts.tokenizer, parts.chat.eos_token);

  quantize_parts(options, parts, progress);
  auto built = std::make_unique<BuiltModel>(build_model(*parts.files));
  built->kv.dtype = wanted_kv_dtype(options).value_or(built->kv.dtype);
  check_kv_dtype(*parts.backend, *built);
  describe(*parts.files, *built, parts.info);
  parts.info.has_chat_template = parts.chat.chat_template.has_value();
  const KvBudget budget = budget_for(options, parts, built->kv);
  parts.info.context = budget.context;
  parts.kv_blocks = budget.blocks;
  KvLayout kv = built->kv;
  kv.blocks = budget.blocks;
  parts.info.kv_bytes = kv.bytes();

  const StepLimits limits = step_limits(options, parts.info.vocab_size);
  parts.limits = {.sequences_max = options.sequences_max,
                  .queue_max = options.queue_max,
                  .step_tokens_max = limits.tokens_max,
                  .step_rows_max = limits.outputs_max,
                  .draft_max = options.draft_max};
  parts.plan = compile_plan(*parts.backend, *built, kv, limits, progress);
  parts.built = std::move(built);
  run_first_step(*parts.backend, *parts.plan, parts.info.vocab_size);
  const BackendDescription device = parts.backend->describe();
  parts.info.backend = device.name;
  parts.info.device = device.device;
  return parts;
}

}  // namespace

std::unique_ptr<Engine> Engine::load(const EngineOptions& options,
                                     const std::function<void(const LoadProgress&)>& progress) {
  check_options(options);
  const SystemClock clock{};
  const SteadyTime begin = clock.now();
  EngineParts parts = load_parts(
      options, progress ? progress : [](const LoadProgress&) {});
  parts.info.load_seconds = std::chrono::duration<double>(clock.now() - begin).count();
  const ModelInfo& info = parts.info;
  log_info("loaded {} ({}, {}, {}, {} parameters, {}) on {} ({}) in {:.2f} s: context {} of {}, KV cache {} of {}",
           info.name, info.architecture, info.format, info.dtype, info.parameters, human_bytes(info.weight_bytes),
           info.backend, info.device, info.load_seconds, info.context, info.model_context, human_bytes(info.kv_bytes),
           info.kv_dtype);
  return std::make_unique<LoadedEngine>(std::move(parts));
}

}  // namespace rbee::engine
