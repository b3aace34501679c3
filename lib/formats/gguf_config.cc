#include "formats/gguf_config.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "formats/config_checks.h"
#include "formats/gguf_part.h"
#include "formats/gguf_rope.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

constexpr std::uint32_t kGemma2WindowDefault = 4096;  // llama-model.cpp, LLM_ARCH_GEMMA2
constexpr double kGemma2AttentionCapDefault = 50.0, kGemma2FinalCapDefault = 30.0;
constexpr std::uint32_t kGemma2Layers27B = 46;  // the one size whose query scale is not 1/sqrt(head_dim)

Architecture architecture_of(const GgufFile& file) {
  const std::string& name = file.get_string("general.architecture");
  for (const Architecture known : {Architecture::kLlama, Architecture::kQwen2, Architecture::kQwen3,
                                   Architecture::kPhi3, Architecture::kGemma, Architecture::kGemma2}) {
    if (name == architecture_name(known)) return known;
  }
  fail(ErrorKind::kUnsupported,
       "{}: architecture '{}' is not supported; known architectures: llama, qwen2, qwen3, phi3, gemma, gemma2",
       file.path().filename().string(), name);
}

// The metadata keys of one architecture: "llama.block_count" is found as "block_count".
class ArchitectureKeys {
 public:
  explicit ArchitectureKeys(const GgufFile& file)
      : file_(file), prefix_(file.get_string("general.architecture") + ".") {}

  const GgufFile& file() const { return file_; }
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  bool contains(std::string_view name) const { return file_.find(key(name)) != nullptr; }

  std::uint32_t count(std::string_view name, std::uint32_t max) const {
    return in_range(name, file_.get_uint(key(name)), max);
  }
  std::uint32_t count(std::string_view name, std::uint32_t max, std::uint32_t fallback) const {
    return contains(name) ? count(name, max) : fallback;
  }
  // One number, or an array (by layer) of equal numbers.
  std::uint32_t uniform_count(std::string_view name, std::uint32_t max, std::uint32_t layers) const;
  double positive(std::string_view name, double fallback) const;

 private:
  std::uint32_t in_range(std::string_view name, std::uint64_t value, std::uint32_t max) const {
    if (value < 1 || value > max) {
      fail(ErrorKind::kBadFile, "{}: {} is {}, expected 1 to {}", file_.path().filename().string(), key(name), value,
           max);
    }
    return static_cast<std::uint32_t>(value);
  }

  const GgufFile& file_;
  const std::string prefix_;
};

bool is_integer_array(const GgufValue& value) {
  return std::holds_alternative<std::vector<std::uint64_t>>(value) ||
         std::holds_alternative<std::vector<std::int64_t>>(value);
}

std::uint32_t ArchitectureKeys::uniform_count(std::string_view name, std::uint32_t max, std::uint32_t layers) const {
  const GgufValue* value = file_.find(key(name));
  if (value == nullptr || !is_integer_array(*value)) return count(name, max);
  const std::vector<std::int64_t> by_layer = file_.get_ints(key(name));
  if (by_layer.size() != layers) {
    fail(ErrorKind::kBadFile, "{}: {} has {} numbers, the model has {} layers", file_.path().filename().string(),
         key(name), by_layer.size(), layers);
  }
  for (const std::int64_t number : by_layer) {
    if (number != by_layer[0]) {
      fail(ErrorKind::kUnsupported, "{}: {} differs by layer ({} and {}), which is not supported",
           file_.path().filename().string(), key(name), by_layer[0], number);
    }
  }
  return in_range(name, by_layer[0] < 0 ? 0 : static_cast<std::uint64_t>(by_layer[0]), max);
}

double ArchitectureKeys::positive(std::string_view name, double fallback) const {
  const double value = file_.get_float(key(name), fallback);
  if (contains(name) && (!(value > 0.0) || !std::isfinite(value))) {
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected a number above 0", file_.path().filename().string(), key(name),
         value);
  }
  return value;
}

// Lists that go with the token list must be as long as it.
void check_token_list(const GgufFile& file, std::string_view key, std::size_t found, std::size_t tokens) {
  if (file.find(key) != nullptr && found != tokens) {
    fail(ErrorKind::kBadFile, "{}: {} has {} entries, tokenizer.ggml.tokens has {}", file.path().filename().string(),
         key, found, tokens);
  }
}

std::uint32_t read_vocab_size(const ArchitectureKeys& keys) {
  const GgufFile& file = keys.file();
  const std::string name = file.path().filename().string();
  const std::vector<std::string>* tokens = file.find_strings("tokenizer.ggml.tokens");
  std::uint64_t size = 0;
  if (tokens != nullptr) {
    check_token_list(file, "tokenizer.ggml.scores", file.get_floats("tokenizer.ggml.scores").size(), tokens->size());
    check_token_list(file, "tokenizer.ggml.token_type", file.get_ints("tokenizer.ggml.token_type").size(),
                     tokens->size());
    size = tokens->size();
  } else {
    size = file.get_uint(keys.key("vocab_size"));
  }
  if (size < 1 || size > kVocabSizeMax) {
    fail(ErrorKind::kBadFile, "{}: the vocabulary has {} tokens, expected 1 to {}", name, size, kVocabSizeMax);
  }
  const auto embedding = file.tensors().find("token_embd.weight");
  if (embedding != file.tensors().end() && embedding->second.shape.front() != size) {
    fail(ErrorKind::kBadFile, "{}: token_embd.weight has {} rows, the vocabulary has {} tokens", name,
         embedding->second.shape.front(), size);
  }
  return static_cast<std::uint32_t>(size);
}

std::uint32_t read_head_dim(const ArchitectureKeys& keys, const ModelConfig& model) {
  const std::string name = keys.file().path().filename().string();
  if (!keys.contains("attention.key_length") && model.hidden_size % model.heads != 0) {
    fail(ErrorKind::kBadFile, "{}: {} {} is no multiple of {} {}, and {} is not given", name,
         keys.key("embedding_length"), model.hidden_size, keys.key("attention.head_count"), model.heads,
         keys.key("attention.key_length"));
  }
  const std::uint32_t head_dim = keys.count("attention.key_length", kHeadDimMax, model.hidden_size / model.heads);
  const std::uint32_t value_dim = keys.count("attention.value_length", kHeadDimMax, head_dim);
  if (value_dim != head_dim) {
    fail(ErrorKind::kUnsupported, "{}: {} {} differs from {} {}, which is not supported", name,
         keys.key("attention.value_length"), value_dim, keys.key("attention.key_length"), head_dim);
  }
  return head_dim;
}

// Which layers slide: an array of booleans, or a number n (every n-th layer is full), or the architecture's way.
std::vector<bool> sliding_layers(const ArchitectureKeys& keys, const ModelConfig& model) {
  constexpr std::string_view kPattern = "attention.sliding_window_pattern";
  const GgufValue* value = keys.file().find(keys.key(kPattern));
  std::vector<bool> slides(model.layers, true);
  if (value != nullptr && std::holds_alternative<std::vector<bool>>(*value)) {
    slides = std::get<std::vector<bool>>(*value);
    if (slides.size() != model.layers) {
      fail(ErrorKind::kBadFile, "{}: {} has {} entries, the model has {} layers",
           keys.file().path().filename().string(), keys.key(kPattern), slides.size(), model.layers);
    }
    return slides;
  }
  const std::uint32_t fallback = model.architecture == Architecture::kGemma2 ? 2 : 0;
  const std::uint32_t period = value == nullptr ? fallback : keys.count(kPattern, kLayersMax);
  for (std::uint32_t layer = 0; period != 0 && layer < model.layers; ++layer) {
    slides[layer] = layer % period + 1 < period;
  }
  return slides;
}

std::vector<std::uint32_t> read_sliding_windows(const ArchitectureKeys& keys, const ModelConfig& model) {
  std::vector<std::uint32_t> windows(model.layers, 0);
  const bool gemma2 = model.architecture == Architecture::kGemma2;
  // Converters write the key for these architectures only when the window is in use.
  const bool slides_at_all =
      gemma2 || model.architecture == Architecture::kLlama || model.architecture == Architecture::kPhi3;
  if (!slides_at_all) return windows;
  const std::string key = keys.key("attention.sliding_window");
  const std::uint64_t window = keys.file().get_uint(key, gemma2 ? kGemma2WindowDefault : 0);
  if (window > INT32_MAX) {
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected 0 to {}", keys.file().path().filename().string(), key, window,
         INT32_MAX);
  }
  const std::vector<bool> slides = sliding_layers(keys, model);
  for (std::uint32_t layer = 0; layer < model.layers; ++layer) {
    if (slides[layer]) windows[layer] = static_cast<std::uint32_t>(window);
  }
  return windows;
}

void read_gemma(const ArchitectureKeys& keys, ModelConfig& model) {
  const bool gemma2 = model.architecture == Architecture::kGemma2;
  if (model.architecture != Architecture::kGemma && !gemma2) return;
  model.activation = Activation::kGeluTanh;
  model.embedding_scale = std::sqrt(static_cast<double>(model.hidden_size));
  if (!gemma2) return;
  model.attention_softcap = keys.positive("attn_logit_softcapping", kGemma2AttentionCapDefault);
  model.final_softcap = keys.positive("final_logit_softcapping", kGemma2FinalCapDefault);
  if (model.layers == kGemma2Layers27B && !keys.contains("attention.scale")) {
    model.attention_scale = 1.0 / std::sqrt(static_cast<double>(model.hidden_size) / model.heads);
  }
}

void refuse_unsupported(const ArchitectureKeys& keys) {
  if (keys.contains("expert_count") && keys.file().get_uint(keys.key("expert_count")) > 0) {
    fail(ErrorKind::kUnsupported, "{}: {} is {}: mixtures of experts are not supported",
         keys.file().path().filename().string(), keys.key("expert_count"),
         keys.file().get_uint(keys.key("expert_count")));
  }
}

}  // namespace

ModelConfig gguf_model_config(const GgufFile& file) {
  ModelConfig model;
  model.architecture = architecture_of(file);
  const ArchitectureKeys keys(file);
  refuse_unsupported(keys);
  model.name = file.get_string("general.name", file.path().stem().string());
  model.layers = keys.count("block_count", kLayersMax);
  model.context_length = keys.count("context_length", kContextLengthMax);
  model.hidden_size = keys.count("embedding_length", kHiddenSizeMax);
  model.intermediate_size = keys.uniform_count("feed_forward_length", kIntermediateSizeMax, model.layers);
  model.heads = keys.uniform_count("attention.head_count", kHeadsMax, model.layers);
  model.kv_heads = keys.contains("attention.head_count_kv")
                       ? keys.uniform_count("attention.head_count_kv", kHeadsMax, model.layers)
                       : model.heads;
  model.head_dim = read_head_dim(keys, model);
  model.vocab_size = read_vocab_size(keys);
  if (!keys.contains("attention.layer_norm_rms_epsilon")) {
    fail(ErrorKind::kBadFile, "{}: {} is missing, expected a float", file.path().filename().string(),
         keys.key("attention.layer_norm_rms_epsilon"));
  }
  model.rms_norm_eps = keys.positive("attention.layer_norm_rms_epsilon", 0.0);
  model.tied_embeddings = file.tensors().count("output.weight") == 0;
  model.attention_scale = keys.positive("attention.scale", 1.0 / std::sqrt(static_cast<double>(model.head_dim)));
  model.rope = read_gguf_rope(file, model);
  model.sliding_windows = read_sliding_windows(keys, model);
  read_gemma(keys, model);
  check_model_config(model, file.path().filename().string());
  return model;
}

}  // namespace rbee::formats
