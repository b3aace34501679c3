#include "formats/gguf_rope.h"

#include "base/error.h"
#include "formats/config_checks.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

using Scaling = RopeConfig::Scaling;

constexpr double kDefaultTheta = 10000.0;

std::uint32_t get_count(const GgufFile& file, const std::string& key, std::uint32_t max, std::uint32_t fallback) {
  const std::uint64_t value = file.get_uint(key, fallback);
  if (value > max) {
    fail(ErrorKind::kBadFile, "{}: {} is {}, expected at most {}", file.path().filename().string(), key, value, max);
  }
  return static_cast<std::uint32_t>(value);
}

// A small F32 vector stored as a tensor; empty when absent.
std::vector<float> read_vector(const GgufFile& file, std::string_view name) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) return {};
  const TensorView& tensor = found->second;
  if (tensor.dtype != DType::kF32 || tensor.shape.size() != 1 || tensor.shape[0] > kHeadDimMax) {
    fail(ErrorKind::kBadFile, "{}: tensor '{}' is {} with {} dimensions, expected an F32 vector of at most {} values",
         file.path().filename().string(), name, dtype_info(tensor.dtype).name, tensor.shape.size(), kHeadDimMax);
  }
  std::vector<float> values(tensor.shape[0]);
  dequantize_row(tensor.dtype, tensor.data, values.data(), values.size());
  return values;
}

Scaling read_scaling(const GgufFile& file, const std::string& prefix) {
  const std::string type = file.get_string(prefix + "rope.scaling.type", "linear");
  if (type == "none") return Scaling::kNone;
  if (type == "linear") return Scaling::kLinear;
  if (type == "yarn") return Scaling::kYarn;
  if (type == "longrope") return Scaling::kLongRope;
  fail(ErrorKind::kUnsupported, "{}: {}rope.scaling.type is '{}'; supported: none, linear, yarn, longrope",
       file.path().filename().string(), prefix, type);
}

double read_factor(const GgufFile& file, const std::string& prefix) {
  double factor = file.get_float(prefix + "rope.scaling.factor", 0.0);
  if (factor == 0.0) factor = file.get_float(prefix + "rope.scale_linear", 0.0);  // the older name
  return factor == 0.0 ? 1.0 : factor;                                            // 0: not given
}

void read_longrope(const GgufFile& file, const std::string& prefix, const ModelConfig& model, RopeConfig& rope) {
  rope.factor = static_cast<double>(model.context_length) / (rope.original_context == 0 ? 1 : rope.original_context);
  rope.attention_factor = longrope_attention_factor(rope.factor, rope.original_context);
  const double stored = file.get_float(prefix + "rope.scaling.attn_factor", 0.0);
  if (stored != 0.0) rope.attention_factor = stored;
}

}  // namespace

RopeConfig read_gguf_rope(const GgufFile& file, const ModelConfig& model) {
  const std::string prefix = std::string(architecture_name(model.architecture)) + ".";
  RopeConfig rope;
  rope.layout = model.architecture == Architecture::kLlama ? RopeLayout::kInterleaved : RopeLayout::kHalves;
  rope.theta = file.get_float(prefix + "rope.freq_base", kDefaultTheta);
  rope.rotary_dim = get_count(file, prefix + "rope.dimension_count", kHeadDimMax, model.head_dim);
  rope.original_context =
      get_count(file, prefix + "rope.scaling.original_context_length", kContextLengthMax, model.context_length);
  rope.frequency_divisors = read_vector(file, "rope_freqs.weight");
  rope.long_factors = read_vector(file, "rope_factors_long.weight");
  rope.short_factors = read_vector(file, "rope_factors_short.weight");
  rope.scaling = read_scaling(file, prefix);
  // Phi-3 files carry the tables and do not always name the scaling.
  if (!rope.long_factors.empty() || !rope.short_factors.empty()) rope.scaling = Scaling::kLongRope;
  if (rope.scaling == Scaling::kLongRope) {
    read_longrope(file, prefix, model, rope);
    return rope;
  }
  rope.factor = read_factor(file, prefix);
  if (rope.scaling == Scaling::kNone || (rope.scaling == Scaling::kLinear && rope.factor == 1.0)) {
    rope.scaling = Scaling::kNone;
    rope.factor = 1.0;
  }
  if (rope.scaling == Scaling::kYarn) {
    rope.beta_fast = file.get_float(prefix + "rope.scaling.yarn_beta_fast", rope.beta_fast);
    rope.beta_slow = file.get_float(prefix + "rope.scaling.yarn_beta_slow", rope.beta_slow);
    rope.attention_factor =
        file.get_float(prefix + "rope.scaling.attn_factor", 1.0) * yarn_attention_factor(rope.factor);
  }
  return rope;
}

}  // namespace rbee::formats
