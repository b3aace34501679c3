#include "formats/hf_rope.h"

#include <array>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "formats/config_checks.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

using Scaling = RopeConfig::Scaling;

constexpr double kDefaultTheta = 10000.0;
constexpr std::uint32_t kPhi3OriginalContext = 4096;  // Phi3Config's default

// rope_parameters may hold one set per layer type. One table serves all layers here, so the sets must agree.
JsonFields same_for_all_layers(const JsonFields& parameters) {
  std::optional<JsonFields> first;
  std::string first_type;
  for (const std::string_view layer_type : {"full_attention", "sliding_attention"}) {
    const std::optional<JsonFields> found = parameters.fields(layer_type);
    if (!found) continue;
    if (first && first->object() != found->object()) {
      fail(ErrorKind::kUnsupported, "{} and {} differ: rope that differs by layer is not supported",
           parameters.full_name(first_type), parameters.full_name(layer_type));
    }
    first = found;
    first_type = layer_type;
  }
  return first ? *first : parameters;
}

// The object that describes the rope, if any. As in transformers, a non-empty rope_scaling wins.
std::optional<JsonFields> rope_fields(const JsonFields& config) {
  const std::optional<JsonFields> scaling = config.fields("rope_scaling");
  if (scaling && !scaling->object().empty()) return same_for_all_layers(*scaling);
  const std::optional<JsonFields> parameters = config.fields("rope_parameters");
  if (parameters) return same_for_all_layers(*parameters);
  return {};
}

Scaling scaling_of(const std::optional<JsonFields>& rope, Architecture architecture) {
  if (!rope) return Scaling::kNone;
  const char* const field = rope->find("rope_type") != nullptr ? "rope_type" : "type";
  const std::string type = rope->string(field).value_or("default");
  // Within the model's context "dynamic" changes nothing: it stretches the base only beyond max_position_embeddings.
  if (type == "default" || type == "dynamic") return Scaling::kNone;
  if (type == "linear") return Scaling::kLinear;
  if (type == "llama3") return Scaling::kLlama3;
  if (type == "longrope" || type == "su") return Scaling::kLongRope;
  // Early Phi-3 files say "yarn" and mean longrope (transformers configuration_phi3.py).
  if (type == "yarn") return architecture == Architecture::kPhi3 ? Scaling::kLongRope : Scaling::kYarn;
  fail(ErrorKind::kUnsupported,
       "{} is '{}', which is not supported; supported: default, dynamic, linear, llama3, yarn, longrope",
       rope->full_name(field), type);
}

std::uint32_t rotary_dim(const JsonFields& config, const std::optional<JsonFields>& rope, const ModelConfig& model) {
  std::optional<double> part = rope ? rope->positive_number("partial_rotary_factor") : std::nullopt;
  if (!part) part = config.positive_number("partial_rotary_factor");
  if (!part || *part == 1.0) return model.head_dim;
  if (model.architecture != Architecture::kPhi3) {
    fail(ErrorKind::kUnsupported, "{} is {}, which is not supported for architecture {}",
         config.full_name("partial_rotary_factor"), *part, architecture_name(model.architecture));
  }
  if (*part > 1.0) {
    fail(ErrorKind::kBadFile, "{} is {}, expected at most 1", config.full_name("partial_rotary_factor"), *part);
  }
  return static_cast<std::uint32_t>(model.head_dim * *part);
}

double required_number(const JsonFields& rope, std::string_view name) {
  const std::optional<double> number = rope.positive_number(name);
  if (!number) rope.missing(name, "a number above 0");
  return *number;
}

std::vector<float> required_factors(const JsonFields& rope, std::string_view name) {
  const boost::json::array* numbers = rope.array(name);
  if (numbers == nullptr) rope.missing(name, "an array of numbers");
  if (numbers->size() > kHeadDimMax / 2) {
    fail(ErrorKind::kBadFile, "{} has {} numbers, the limit is {}", rope.full_name(name), numbers->size(),
         kHeadDimMax / 2);
  }
  std::vector<float> factors;
  for (const boost::json::value& number : *numbers) {
    if (!number.is_number()) rope.wrong(name, number, "numbers only");
    factors.push_back(static_cast<float>(number.to_number<double>()));
  }
  return factors;
}

// At the top level (Phi-3), inside, or else the model's own context. The top level wins, as in transformers.
std::uint32_t original_context(const JsonFields& config, const JsonFields& rope, const ModelConfig& model) {
  constexpr const char* kName = "original_max_position_embeddings";
  if (const auto outside = config.count(kName, kContextLengthMax)) return *outside;
  if (const auto inside = rope.count(kName, kContextLengthMax)) return *inside;
  return model.architecture == Architecture::kPhi3 ? kPhi3OriginalContext : model.context_length;
}

double stretch(const ModelConfig& model, std::uint32_t original) {
  return static_cast<double>(model.context_length) / original;
}

void read_llama3(const JsonFields& fields, RopeConfig& rope) {
  rope.factor = required_number(fields, "factor");
  rope.low_freq_factor = required_number(fields, "low_freq_factor");
  rope.high_freq_factor = required_number(fields, "high_freq_factor");
}

void read_yarn(const JsonFields& fields, const ModelConfig& model, RopeConfig& rope) {
  rope.factor = fields.positive_number("factor").value_or(stretch(model, rope.original_context));
  rope.beta_fast = fields.positive_number("beta_fast").value_or(rope.beta_fast);
  rope.beta_slow = fields.positive_number("beta_slow").value_or(rope.beta_slow);
  if (!fields.boolean("truncate").value_or(true)) {
    fail(ErrorKind::kUnsupported, "{} is false, which is not supported", fields.full_name("truncate"));
  }
  rope.attention_factor = fields.positive_number("attention_factor");
  if (rope.attention_factor) return;
  const std::optional<double> mscale = fields.positive_number("mscale");
  const std::optional<double> mscale_all_dim = fields.positive_number("mscale_all_dim");
  if (mscale && mscale_all_dim && rope.factor > 1.0) {
    const double log_factor = 0.1 * std::log(rope.factor);
    rope.attention_factor = (log_factor * *mscale + 1.0) / (log_factor * *mscale_all_dim + 1.0);
  } else {
    rope.attention_factor = yarn_attention_factor(rope.factor);
  }
}

void read_longrope(const JsonFields& fields, const ModelConfig& model, RopeConfig& rope) {
  rope.short_factors = required_factors(fields, "short_factor");
  rope.long_factors = required_factors(fields, "long_factor");
  rope.factor = fields.positive_number("factor").value_or(stretch(model, rope.original_context));
  rope.attention_factor = fields.positive_number("attention_factor");
  if (!rope.attention_factor) {
    rope.attention_factor = longrope_attention_factor(rope.factor, rope.original_context);
  }
}

}  // namespace

RopeConfig read_hf_rope(const JsonFields& config, const ModelConfig& model) {
  const std::optional<JsonFields> fields = rope_fields(config);
  RopeConfig rope;
  rope.layout = RopeLayout::kHalves;
  std::optional<double> theta = fields ? fields->positive_number("rope_theta") : std::nullopt;
  if (!theta) theta = config.positive_number("rope_theta");
  rope.theta = theta.value_or(kDefaultTheta);
  rope.rotary_dim = rotary_dim(config, fields, model);
  rope.scaling = scaling_of(fields, model.architecture);
  if (rope.scaling == Scaling::kNone) return rope;
  if (rope.scaling == Scaling::kLinear) {
    rope.factor = required_number(*fields, "factor");
    return rope;
  }
  rope.original_context = original_context(config, *fields, model);
  if (rope.scaling == Scaling::kLlama3) read_llama3(*fields, rope);
  if (rope.scaling == Scaling::kYarn) read_yarn(*fields, model, rope);
  if (rope.scaling == Scaling::kLongRope) read_longrope(*fields, model, rope);
  return rope;
}

}  // namespace rbee::formats
