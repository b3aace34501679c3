#include "formats/model_config.h"

#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "formats/config_checks.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

void check_range(std::string_view source, std::string_view name, std::uint64_t value, std::uint64_t max) {
  if (value < 1 || value > max) {
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected 1 to {}", source, name, value, max);
  }
}

void check_positive(std::string_view source, std::string_view name, double value) {
  if (!(value > 0.0) || !std::isfinite(value)) {
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected a number above 0", source, name, value);
  }
}

void check_divisors(std::string_view source, std::string_view name, const std::vector<float>& divisors,
                    std::uint32_t rotary_dim) {
  if (divisors.size() != rotary_dim / 2) {
    fail(ErrorKind::kBadFile, "{}: {} has {} numbers, expected {}: half of the {} rotating channels", source, name,
         divisors.size(), rotary_dim / 2, rotary_dim);
  }
  for (const float divisor : divisors) check_positive(source, name, divisor);
}

void check_rope(const ModelConfig& config, std::string_view source) {
  const RopeConfig& rope = config.rope;
  if (rope.rotary_dim < 2 || rope.rotary_dim > config.head_dim || rope.rotary_dim % 2 != 0) {
    fail(ErrorKind::kBadFile, "{}: {} channels per head rotate, expected an even number from 2 to the head's {}",
         source, rope.rotary_dim, config.head_dim);
  }
  check_positive(source, "the rope base", rope.theta);
  check_positive(source, "the rope scaling factor", rope.factor);
  if (rope.attention_factor) check_positive(source, "the rope attention factor", *rope.attention_factor);
  if (!rope.frequency_divisors.empty()) {
    check_divisors(source, "rope_freqs.weight", rope.frequency_divisors, rope.rotary_dim);
  }
  if (rope.scaling == RopeConfig::Scaling::kNone || rope.scaling == RopeConfig::Scaling::kLinear) return;
  check_range(source, "the rope scaling's original context length", rope.original_context, kContextLengthMax);
  if (rope.scaling == RopeConfig::Scaling::kLlama3) {
    check_positive(source, "low_freq_factor", rope.low_freq_factor);
    if (!(rope.high_freq_factor > rope.low_freq_factor) || !std::isfinite(rope.high_freq_factor)) {
      fail(ErrorKind::kBadFile, "{}: high_freq_factor is {}, expected more than low_freq_factor {}", source,
           rope.high_freq_factor, rope.low_freq_factor);
    }
  } else if (rope.scaling == RopeConfig::Scaling::kYarn) {
    check_positive(source, "beta_fast", rope.beta_fast);
    check_positive(source, "beta_slow", rope.beta_slow);
    if (rope.theta == 1.0) fail(ErrorKind::kBadFile, "{}: the rope base is 1, which yarn cannot scale", source);
  } else {
    check_divisors(source, "the rope short factors", rope.short_factors, rope.rotary_dim);
    check_divisors(source, "the rope long factors", rope.long_factors, rope.rotary_dim);
  }
}

}  // namespace

std::string_view architecture_name(Architecture architecture) {
  switch (architecture) {
    case Architecture::kLlama:
      return "llama";
    case Architecture::kMistral:
      return "mistral";
    case Architecture::kQwen2:
      return "qwen2";
    case Architecture::kQwen3:
      return "qwen3";
    case Architecture::kPhi3:
      return "phi3";
    case Architecture::kGemma:
      return "gemma";
    case Architecture::kGemma2:
      return "gemma2";
  }
  RBEE_CHECK(false);
}

std::string known_architectures() {
  std::string names;
  for (int i = 0; i <= static_cast<int>(Architecture::kGemma2); ++i) {
    if (i > 0) names += ", ";
    names += architecture_name(static_cast<Architecture>(i));
  }
  return names;
}

double yarn_attention_factor(double factor) {
  return factor <= 1.0 ? 1.0 : 0.1 * std::log(factor) + 1.0;
}

double longrope_attention_factor(double factor, std::uint32_t original_context) {
  if (factor <= 1.0) return 1.0;
  return std::sqrt(1.0 + std::log(factor) / std::log(static_cast<double>(original_context)));
}

void check_model_config(const ModelConfig& config, std::string_view source) {
  check_range(source, "the vocabulary size", config.vocab_size, kVocabSizeMax);
  check_range(source, "the hidden size", config.hidden_size, kHiddenSizeMax);
  check_range(source, "the intermediate size", config.intermediate_size, kIntermediateSizeMax);
  check_range(source, "the number of layers", config.layers, kLayersMax);
  check_range(source, "the number of attention heads", config.heads, kHeadsMax);
  check_range(source, "the number of key-value heads", config.kv_heads, kHeadsMax);
  check_range(source, "the head dimension", config.head_dim, kHeadDimMax);
  check_range(source, "the context length", config.context_length, kContextLengthMax);
  if (config.heads % config.kv_heads != 0) {
    fail(ErrorKind::kBadFile, "{}: {} attention heads are no multiple of {} key-value heads", source, config.heads,
         config.kv_heads);
  }
  check_positive(source, "the RMS norm's epsilon", config.rms_norm_eps);
  check_positive(source, "the attention scale", config.attention_scale);
  check_rope(config, source);
  RBEE_CHECK(config.sliding_windows.size() == config.layers);
}

}  // namespace rbee::formats
