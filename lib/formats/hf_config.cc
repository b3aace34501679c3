#include "formats/hf_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json.h"
#include "formats/config_checks.h"
#include "formats/hf_generation.h"
#include "formats/hf_rope.h"
#include "formats/json_fields.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

// What transformers' configuration classes assume where config.json is silent. 0: derived (kv_heads: heads;
// head_dim: hidden_size / heads), or none (sliding_window). eos_id, bos_id -1: none.
struct Defaults {
  Architecture architecture;
  std::string_view class_name, model_type;
  std::uint32_t kv_heads, head_dim, context_length, sliding_window;
  double rms_norm_eps;
  bool tied_embeddings;
  std::int32_t bos_id, eos_id;
};

constexpr std::array kDefaults = {
    Defaults{Architecture::kLlama, "LlamaForCausalLM", "llama", 0, 0, 2048, 0, 1e-6, false, 1, 2},
    Defaults{Architecture::kMistral, "MistralForCausalLM", "mistral", 8, 0, 131072, 4096, 1e-6, false, 1, 2},
    Defaults{Architecture::kQwen2, "Qwen2ForCausalLM", "qwen2", 32, 0, 32768, 4096, 1e-6, false, -1, -1},
    Defaults{Architecture::kQwen3, "Qwen3ForCausalLM", "qwen3", 32, 128, 32768, 4096, 1e-6, false, -1, -1},
    Defaults{Architecture::kPhi3, "Phi3ForCausalLM", "phi3", 0, 0, 4096, 0, 1e-5, false, 1, 32000},
    Defaults{Architecture::kGemma, "GemmaForCausalLM", "gemma", 16, 256, 8192, 0, 1e-6, true, 2, 1},
    Defaults{Architecture::kGemma2, "Gemma2ForCausalLM", "gemma2", 4, 256, 8192, 4096, 1e-6, true, 2, 1},
};

constexpr std::uint32_t kMaxWindowLayersDefault = 28;  // Qwen2Config, Qwen3Config
constexpr double kGemma2QueryScalarDefault = 256.0, kGemma2AttentionCapDefault = 50.0, kGemma2FinalCapDefault = 30.0;

std::string known_classes() {
  std::string names;
  for (const Defaults& defaults : kDefaults) {
    if (!names.empty()) names += ", ";
    names += defaults.class_name;
  }
  return names;
}

const Defaults& defaults_of(const JsonFields& config) {
  std::string found;
  const boost::json::array* architectures = config.array("architectures");
  const bool by_class = architectures != nullptr && !architectures->empty();
  if (by_class) {
    const boost::json::value& first = architectures->front();
    if (!first.is_string()) config.wrong("architectures", first, "an array of strings");
    found = first.get_string();
  } else {
    const std::optional<std::string> type = config.string("model_type");
    if (!type) config.missing("architectures", "an array of strings");
    found = *type;
  }
  for (const Defaults& defaults : kDefaults) {
    if (found == (by_class ? defaults.class_name : defaults.model_type)) return defaults;
  }
  fail(ErrorKind::kUnsupported, "{}: architecture '{}' is not supported; known architectures: {} ({})", config.source(),
       found, known_architectures(), known_classes());
}

// Options that change what is computed, and that are not built.
void refuse_unsupported(const JsonFields& config) {
  if (const auto quantization = config.fields("quantization_config")) {
    fail(ErrorKind::kUnsupported, "{} (method '{}') is not supported; use the unquantized weights or a GGUF file",
         config.full_name("quantization_config"), quantization->string("quant_method").value_or("unnamed"));
  }
  if (config.boolean("use_bidirectional_attention").value_or(false)) {
    fail(ErrorKind::kUnsupported, "{} is true, which is not supported",
         config.full_name("use_bidirectional_attention"));
  }
}

bool is_gemma(Architecture architecture) {
  return architecture == Architecture::kGemma || architecture == Architecture::kGemma2;
}

Activation read_activation(const JsonFields& config, Architecture architecture) {
  const bool gemma = is_gemma(architecture);
  const char* field = "hidden_act";
  if (gemma && config.find("hidden_activation") != nullptr) field = "hidden_activation";
  const std::string name = config.string(field).value_or(gemma ? "gelu_pytorch_tanh" : "silu");
  // Gemma was trained with the tanh form; its first files say "gelu" in hidden_act all the same.
  if (gemma && name == "gelu" && std::string_view(field) == "hidden_act") return Activation::kGeluTanh;
  if (name == "silu" || name == "swish") return Activation::kSilu;
  if (name == "gelu_pytorch_tanh" || name == "gelu_new" || name == "gelu_fast") return Activation::kGeluTanh;
  if (name == "gelu" || name == "gelu_python") return Activation::kGeluErf;
  fail(ErrorKind::kUnsupported, "{} is '{}', which is not supported; supported: silu, gelu, gelu_pytorch_tanh",
       config.full_name(field), name);
}

std::uint32_t read_kv_heads(const JsonFields& config, const Defaults& defaults, std::uint32_t heads) {
  if (const auto given = config.count("num_key_value_heads", kHeadsMax)) return *given;
  const bool absent = !config.contains("num_key_value_heads");  // null means: as many as heads
  return absent && defaults.kv_heads != 0 ? defaults.kv_heads : heads;
}

std::uint32_t read_head_dim(const JsonFields& config, const Defaults& defaults, const ModelConfig& model) {
  if (const auto given = config.count("head_dim", kHeadDimMax)) return *given;
  if (defaults.head_dim != 0) return defaults.head_dim;
  if (model.hidden_size % model.heads != 0) {
    fail(ErrorKind::kBadFile, "{}: hidden_size {} is no multiple of num_attention_heads {}, and head_dim is not given",
         config.source(), model.hidden_size, model.heads);
  }
  return model.hidden_size / model.heads;
}

// Which layers slide where layer_types is absent. Sources: configuration_qwen2.py, configuration_gemma2.py.
bool slides_by_default(const JsonFields& config, Architecture architecture, std::uint32_t layer) {
  switch (architecture) {
    case Architecture::kGemma2:
      return layer % 2 == 0;
    case Architecture::kQwen2:
    case Architecture::kQwen3:
      return layer >= config.integer("max_window_layers", 0, UINT32_MAX).value_or(kMaxWindowLayersDefault);
    default:
      return true;
  }
}

std::vector<bool> read_layer_types(const JsonFields& config, const boost::json::array& types, std::uint32_t layers) {
  if (types.size() != layers) {
    fail(ErrorKind::kBadFile, "{} has {} entries, num_hidden_layers is {}", config.full_name("layer_types"),
         types.size(), layers);
  }
  std::vector<bool> slides;
  for (const boost::json::value& type : types) {
    if (!type.is_string()) config.wrong("layer_types", type, "an array of strings");
    const boost::json::string& name = type.get_string();
    if (name != "full_attention" && name != "sliding_attention") {
      fail(ErrorKind::kUnsupported, "{} holds '{}'; supported: full_attention, sliding_attention",
           config.full_name("layer_types"), std::string_view(name));
    }
    slides.push_back(name == "sliding_attention");
  }
  return slides;
}

// The window in positions, itself included; 0: none.
std::uint32_t read_window(const JsonFields& config, const Defaults& defaults) {
  const Architecture architecture = defaults.architecture;
  if (architecture == Architecture::kLlama || architecture == Architecture::kGemma) return 0;
  const bool qwen = architecture == Architecture::kQwen2 || architecture == Architecture::kQwen3;
  if (qwen && !config.boolean("use_sliding_window").value_or(false)) return 0;
  if (!config.contains("sliding_window")) return defaults.sliding_window;
  const auto given = config.integer("sliding_window", 1, INT32_MAX);
  return given ? static_cast<std::uint32_t>(*given) : 0;
}

std::vector<std::uint32_t> read_sliding_windows(const JsonFields& config, const Defaults& defaults,
                                                std::uint32_t layers) {
  const std::uint32_t window = read_window(config, defaults);
  std::vector<std::uint32_t> windows(layers, 0);
  if (window == 0) return windows;
  const Architecture architecture = defaults.architecture;
  const bool by_layer = architecture == Architecture::kQwen2 || architecture == Architecture::kQwen3 ||
                        architecture == Architecture::kGemma2;
  const boost::json::array* types = by_layer ? config.array("layer_types") : nullptr;
  const std::vector<bool> given = types == nullptr ? std::vector<bool>() : read_layer_types(config, *types, layers);
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    const bool slides = given.empty() ? slides_by_default(config, architecture, layer) : given[layer];
    if (slides) windows[layer] = window;
  }
  return windows;
}

// A softcap: absent means the class's default, null means none.
double read_softcap(const JsonFields& config, std::string_view name, double fallback) {
  if (!config.contains(name)) return fallback;
  return config.positive_number(name).value_or(0.0);
}

void read_gemma(const JsonFields& config, ModelConfig& model) {
  if (!is_gemma(model.architecture)) return;
  model.norm_weight_plus_one = true;
  model.embedding_scale = std::sqrt(static_cast<double>(model.hidden_size));
  if (model.architecture != Architecture::kGemma2) return;
  model.attention_scale =
      1.0 / std::sqrt(config.positive_number("query_pre_attn_scalar").value_or(kGemma2QueryScalarDefault));
  model.attention_softcap = read_softcap(config, "attn_logit_softcapping", kGemma2AttentionCapDefault);
  model.final_softcap = read_softcap(config, "final_logit_softcapping", kGemma2FinalCapDefault);
}

// `_name_or_path` is a repository's name, or else a path on the machine that saved the model.
std::string read_name(const JsonFields& config, std::string_view folder_name) {
  std::string name = config.string("_name_or_path").value_or("");
  const bool path = name.empty() || name.front() == '/' || name.front() == '.' || name.front() == '~';
  return path ? std::string(folder_name) : name;
}

ModelConfig read_model(const JsonFields& config, const Defaults& defaults, std::string_view folder_name) {
  ModelConfig model;
  model.architecture = defaults.architecture;
  model.name = read_name(config, folder_name);
  model.vocab_size = config.required_count("vocab_size", kVocabSizeMax);
  model.hidden_size = config.required_count("hidden_size", kHiddenSizeMax);
  model.intermediate_size = config.required_count("intermediate_size", kIntermediateSizeMax);
  model.layers = config.required_count("num_hidden_layers", kLayersMax);
  model.heads = config.required_count("num_attention_heads", kHeadsMax);
  model.kv_heads = read_kv_heads(config, defaults, model.heads);
  model.head_dim = read_head_dim(config, defaults, model);
  model.context_length = config.count("max_position_embeddings", kContextLengthMax).value_or(defaults.context_length);
  model.rms_norm_eps = config.positive_number("rms_norm_eps").value_or(defaults.rms_norm_eps);
  model.activation = read_activation(config, model.architecture);
  model.tied_embeddings = config.boolean("tie_word_embeddings").value_or(defaults.tied_embeddings);
  model.attention_scale = 1.0 / std::sqrt(static_cast<double>(model.head_dim));
  model.rope = read_hf_rope(config, model);
  model.sliding_windows = read_sliding_windows(config, defaults, model.layers);
  read_gemma(config, model);
  return model;
}

}  // namespace

HfConfig parse_hf_config(std::string_view text, std::string_view source, std::string_view folder_name) {
  const boost::json::value document = parse_json(text, source);
  if (!document.is_object()) fail(ErrorKind::kBadFile, "{}: the document is not an object", source);
  const JsonFields config(document.get_object(), source);
  const Defaults& defaults = defaults_of(config);
  refuse_unsupported(config);
  HfConfig result;
  result.model = read_model(config, defaults, folder_name);
  check_model_config(result.model, source);
  result.generation = read_hf_generation(config);
  if (!config.contains("bos_token_id") && defaults.bos_id >= 0) result.fallback.bos_id = defaults.bos_id;
  if (!config.contains("eos_token_id") && defaults.eos_id >= 0) result.fallback.eos_ids = {defaults.eos_id};
  return result;
}

}  // namespace rbee::formats
