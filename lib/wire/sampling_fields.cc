#include "wire/sampling_fields.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "wire/limits.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::vector<std::pair<std::int32_t, double>> read_logit_bias(ObjectReader& reader) {
  const json::value* value = reader.any("logit_bias");
  if (value == nullptr) return {};
  const std::string name = reader.param("logit_bias");
  if (!value->is_object()) fail_field(name, *value, "an object of token id to bias");
  const json::object& object = value->get_object();
  if (object.size() > kLogitBiasMax) {
    fail_field(name, fmt::format("{} entries, at most {} are allowed", object.size(), kLogitBiasMax));
  }
  std::vector<std::pair<std::int32_t, double>> out;
  for (const auto& entry : object) {
    const std::string_view key(entry.key().data(), entry.key().size());
    std::int32_t id = -1;
    const auto [end, ec] = std::from_chars(key.data(), key.data() + key.size(), id);
    const bool is_id = ec == std::errc() && end == key.data() + key.size() && id >= 0 && key == fmt::format("{}", id);
    if (!is_id) fail_field(name, "a key is not a token id");
    json::error_code number_ec;
    const double bias = entry.value().is_number() ? entry.value().to_number<double>(number_ec) : NAN;
    if (!(std::abs(bias) <= kLogitBiasAbsMax)) {
      fail_field(fmt::format("{}.{}", name, id), entry.value(), "a number from -100 to 100");
    }
    out.emplace_back(id, bias);
  }
  return out;
}

std::string read_stop_string(const std::string& name, const json::value& value) {
  if (!value.is_string()) fail_field(name, value, "a string");
  const json::string& text = value.get_string();
  if (text.empty()) fail_field(name, "the stop string is empty");
  if (text.size() > kStopBytesMax) {
    fail_field(name, fmt::format("a stop string of {} bytes, at most {} are allowed", text.size(), kStopBytesMax));
  }
  return {text.data(), text.size()};
}

}  // namespace

SamplingFields read_sampling(ObjectReader& reader) {
  using Min = NumberRange::Min;
  SamplingFields out;
  out.temperature = reader.number("temperature", {0, kTemperatureMax}).value_or(out.temperature);
  out.top_p = reader.number("top_p", {0, 1, Min::kExcluded}).value_or(out.top_p);
  out.min_p = reader.number("min_p", {0, 1}).value_or(out.min_p);
  out.top_k = static_cast<std::uint32_t>(reader.integer("top_k", 0, kTokenIdMax).value_or(0));
  out.repetition_penalty = reader.number("repetition_penalty", {kRepetitionPenaltyMin, kRepetitionPenaltyMax})
                               .value_or(out.repetition_penalty);
  out.presence_penalty = reader.number("presence_penalty", {-kPenaltyMax, kPenaltyMax}).value_or(0);
  out.frequency_penalty = reader.number("frequency_penalty", {-kPenaltyMax, kPenaltyMax}).value_or(0);
  out.logit_bias = read_logit_bias(reader);
  out.seed =
      static_cast<std::uint64_t>(reader.integer("seed", 0, std::numeric_limits<std::int64_t>::max()).value_or(0));
  return out;
}

std::vector<std::string> read_stop(ObjectReader& reader) {
  const json::value* value = reader.any("stop");
  if (value == nullptr) return {};
  const std::string name = reader.param("stop");
  if (value->is_string()) return {read_stop_string(name, *value)};
  if (!value->is_array()) fail_field(name, *value, "a string or an array of strings");
  const json::array& array = value->get_array();
  if (array.size() > kStopStringsMax) {
    fail_field(name, fmt::format("{} stop strings, at most {} are allowed", array.size(), kStopStringsMax));
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < array.size(); ++i)
    out.push_back(read_stop_string(fmt::format("{}[{}]", name, i), array[i]));
  return out;
}

void write_sampling(const SamplingFields& fields, json::object& out) {
  const SamplingFields defaults;
  const auto put = [&out](const char* name, auto value, auto unset) {
    if (value != unset) out[name] = value;
  };
  put("temperature", fields.temperature, defaults.temperature);
  put("top_p", fields.top_p, defaults.top_p);
  put("min_p", fields.min_p, defaults.min_p);
  put("top_k", fields.top_k, defaults.top_k);
  put("repetition_penalty", fields.repetition_penalty, defaults.repetition_penalty);
  put("presence_penalty", fields.presence_penalty, defaults.presence_penalty);
  put("frequency_penalty", fields.frequency_penalty, defaults.frequency_penalty);
  put("seed", fields.seed, defaults.seed);
  if (fields.logit_bias.empty()) return;
  json::object bias;
  for (const auto& [id, value] : fields.logit_bias) bias[fmt::format("{}", id)] = value;
  out["logit_bias"] = std::move(bias);
}

}  // namespace rbee::wire
