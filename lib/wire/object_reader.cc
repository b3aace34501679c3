#include "wire/object_reader.h"

#include <cmath>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "base/error.h"
#include "base/json.h"

namespace rbee::wire {

namespace json = boost::json;

json::object parse_object(std::string_view body) {
  JsonLimits limits;
  limits.error_kind = ErrorKind::kBadRequest;
  json::value value = parse_json(body, "request body", limits);
  if (!value.is_object()) fail(ErrorKind::kBadRequest, "request body: {}, expected an object", described(value));
  return std::move(value.as_object());
}

std::string described(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
      return fmt::format("the number {}", value.get_int64());
    case json::kind::uint64:
      return fmt::format("the number {}", value.get_uint64());
    case json::kind::double_:
      return fmt::format("the number {}", value.get_double());
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return fmt::format("an array of {}", value.get_array().size());
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

void fail_field(std::string_view param, const json::value& found, std::string_view expected) {
  throw Error(ErrorKind::kBadRequest, fmt::format("{}: found {}, expected {}", param, described(found), expected),
              std::string(param));
}

void fail_field(std::string_view param, std::string_view message) {
  throw Error(ErrorKind::kBadRequest, fmt::format("{}: {}", param, message), std::string(param));
}

ObjectReader::ObjectReader(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

std::string ObjectReader::param(std::string_view name) const {
  return path_ + std::string(name);
}

const json::value* ObjectReader::any(std::string_view name) {
  known_.emplace(name);
  return object_.if_contains(json::string_view(name.data(), name.size()));
}

bool ObjectReader::has(std::string_view name) const {
  return object_.contains(json::string_view(name.data(), name.size()));
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const json::value* value = any(name);
  if (value == nullptr) return std::nullopt;
  // Numbers up to 2^63-1 are int64 in Boost.JSON; uint64 holds only larger ones, beyond any of our bounds.
  if (!value->is_int64() || value->get_int64() < min || value->get_int64() > max) {
    fail_field(param(name), *value, fmt::format("an integer from {} to {}", min, max));
  }
  return value->get_int64();
}

std::optional<double> ObjectReader::number(std::string_view name, NumberRange range) {
  const json::value* value = any(name);
  if (value == nullptr) return std::nullopt;
  const bool open = range.min_is == NumberRange::Min::kExcluded;
  json::error_code ec;
  const double number = value->is_number() ? value->to_number<double>(ec) : NAN;
  const bool in_range =
      std::isfinite(number) && number <= range.max && (open ? number > range.min : number >= range.min);
  if (!in_range) {
    fail_field(param(name), *value,
               fmt::format("a number {} {} and at most {}", open ? "above" : "of at least", range.min, range.max));
  }
  return number;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const json::value* value = any(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) fail_field(param(name), *value, "true or false");
  return value->get_bool();
}

std::optional<std::string> ObjectReader::string(std::string_view name, std::uint64_t bytes_max) {
  const json::value* value = any(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) fail_field(param(name), *value, "a string");
  const json::string& text = value->get_string();
  if (text.size() > bytes_max) {
    fail_field(param(name), fmt::format("a string of {} bytes, at most {} are allowed", text.size(), bytes_max));
  }
  return std::string(text.data(), text.size());
}

void ObjectReader::refuse(std::string_view name, std::string_view why) {
  if (any(name) != nullptr) fail_field(param(name), fmt::format("not supported: {}", why));
}

void ObjectReader::finish() const {
  for (const auto& field : object_) {
    const std::string_view name(field.key().data(), field.key().size());
    if (known_.find(name) != known_.end()) continue;
    std::string known;
    for (const std::string& one : known_) known += (known.empty() ? "" : ", ") + one;
    const std::string shown = json::serialize(json::string_view(field.key().substr(0, 64)));
    throw Error(ErrorKind::kBadRequest, fmt::format("unknown field {}; known here: {}", shown, known),
                param(name.substr(0, 64)));
  }
}

}  // namespace rbee::wire
