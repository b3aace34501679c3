#include "formats/json_fields.h"

#include <cmath>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace rbee::formats {
namespace {

constexpr std::size_t kShownBytesMax = 60;

// The value as an error message shows it: short, and with its kind where that is not plain to see.
std::string shown(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::object:
      return "an object";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::string: {
      std::string text = boost::json::serialize(value);
      if (text.size() > kShownBytesMax) text = text.substr(0, kShownBytesMax) + "…";
      return "the string " + text;
    }
    default:
      return boost::json::serialize(value);
  }
}

std::optional<std::int64_t> as_integer(const boost::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  return {};  // a uint64 here is above the range of int64, and above every limit
}

}  // namespace

const boost::json::value* JsonFields::find(std::string_view name) const {
  const boost::json::value* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool JsonFields::contains(std::string_view name) const {
  return object_->contains(name);
}

std::string JsonFields::full_name(std::string_view name) const {
  return fmt::format("{}: {}{}", source_, prefix_, name);
}

void JsonFields::wrong(std::string_view name, const boost::json::value& found, std::string_view expected) const {
  fail(ErrorKind::kBadFile, "{} is {}, expected {}", full_name(name), shown(found), expected);
}

void JsonFields::missing(std::string_view name, std::string_view expected) const {
  fail(ErrorKind::kBadFile, "{} is missing, expected {}", full_name(name), expected);
}

std::optional<std::int64_t> JsonFields::integer(std::string_view name, std::int64_t min, std::int64_t max) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  const std::optional<std::int64_t> number = as_integer(*value);
  if (!number || *number < min || *number > max) {
    wrong(name, *value, fmt::format("an integer from {} to {}", min, max));
  }
  return number;
}

std::optional<std::uint32_t> JsonFields::count(std::string_view name, std::uint32_t max) const {
  const std::optional<std::int64_t> number = integer(name, 1, max);
  if (!number) return {};
  return static_cast<std::uint32_t>(*number);
}

std::uint32_t JsonFields::required_count(std::string_view name, std::uint32_t max) const {
  const std::optional<std::uint32_t> number = count(name, max);
  if (!number) missing(name, fmt::format("an integer from 1 to {}", max));
  return *number;
}

std::optional<double> JsonFields::positive_number(std::string_view name) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  const double number = value->is_number() ? value->to_number<double>() : 0.0;
  if (!(number > 0.0) || !std::isfinite(number)) wrong(name, *value, "a number above 0");
  return number;
}

std::optional<bool> JsonFields::boolean(std::string_view name) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_bool()) wrong(name, *value, "true or false");
  return value->get_bool();
}

std::optional<std::string> JsonFields::string(std::string_view name) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) wrong(name, *value, "a string");
  return std::string(value->get_string());
}

std::optional<JsonFields> JsonFields::fields(std::string_view name) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_object()) wrong(name, *value, "an object");
  return JsonFields(value->get_object(), source_, fmt::format("{}{}.", prefix_, name));
}

const boost::json::array* JsonFields::array(std::string_view name) const {
  const boost::json::value* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) wrong(name, *value, "an array");
  return &value->get_array();
}

}  // namespace rbee::formats
