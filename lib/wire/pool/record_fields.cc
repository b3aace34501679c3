#include "wire/pool/record_fields.h"

#include <algorithm>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "wire/pool/limits.h"

namespace rbee::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t kQuotedMax = 80;

// `value` as an error message quotes it.
std::string quoted(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  std::string text = json_line(value);
  if (text.size() > kQuotedMax) text = text.substr(0, kQuotedMax) + "...";
  return text;
}

}  // namespace

RecordFields::RecordFields(const json::value& value, std::string where) : where_(std::move(where)) {
  object_ = value.if_object();
  if (object_ == nullptr) fail(ErrorKind::kBadFile, "{} is {}, expected an object", where_, quoted(value));
}

std::string RecordFields::full_name(std::string_view name) const {
  // "catalog.json" + "version" is a field of the file; "catalog.json: models[0]" + "id" one of a part.
  return where_ + (where_.find(": ") == std::string::npos ? ": " : ".") + std::string(name);
}

void RecordFields::wrong(std::string_view name, const json::value& found, std::string_view expected) const {
  fail(ErrorKind::kBadFile, "{} is {}, expected {}", full_name(name), quoted(found), expected);
}

const json::value* RecordFields::find(std::string_view name) {
  asked_.push_back(name);
  const json::value* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value& RecordFields::required(std::string_view name, std::string_view expected) {
  const json::value* value = find(name);
  if (value == nullptr) fail(ErrorKind::kBadFile, "{} is missing, expected {}", full_name(name), expected);
  return *value;
}

std::string RecordFields::text(std::string_view name) {
  required(name, "text");
  return text_or(name, "");
}

std::string RecordFields::text_or(std::string_view name, std::string_view other) {
  const json::value* value = find(name);
  if (value == nullptr) return std::string(other);
  const json::string* text = value->if_string();
  if (text == nullptr) wrong(name, *value, "text");
  if (text->size() > kRecordTextBytesMax) wrong(name, *value, fmt::format("at most {} bytes", kRecordTextBytesMax));
  return std::string(text->data(), text->size());
}

std::uint64_t RecordFields::count(std::string_view name, std::uint64_t max) {
  required(name, "a whole number");
  return count_or(name, max, 0);
}

std::uint64_t RecordFields::count_or(std::string_view name, std::uint64_t max, std::uint64_t other) {
  const json::value* value = find(name);
  if (value == nullptr) return other;
  const std::int64_t* signed_number = value->if_int64();
  const std::uint64_t* unsigned_number = value->if_uint64();
  const bool whole = unsigned_number != nullptr || (signed_number != nullptr && *signed_number >= 0);
  const std::uint64_t number = unsigned_number != nullptr ? *unsigned_number
                               : whole                    ? static_cast<std::uint64_t>(*signed_number)
                                                          : 0;
  if (!whole || number > max) wrong(name, *value, fmt::format("a whole number from 0 to {}", max));
  return number;
}

double RecordFields::number_or(std::string_view name, double other) {
  const json::value* value = find(name);
  if (value == nullptr) return other;
  double number = -1;
  if (const double* real = value->if_double()) number = *real;
  if (const std::int64_t* whole = value->if_int64()) number = static_cast<double>(*whole);
  if (const std::uint64_t* whole = value->if_uint64()) number = static_cast<double>(*whole);
  if (!std::isfinite(number) || number < 0) wrong(name, *value, "a number that is not negative");
  return number;
}

bool RecordFields::flag_or(std::string_view name, bool other) {
  const json::value* value = find(name);
  if (value == nullptr) return other;
  const bool* flag = value->if_bool();
  if (flag == nullptr) wrong(name, *value, "true or false");
  return *flag;
}

const json::array& RecordFields::array_or_empty(std::string_view name, std::size_t length_max) {
  static const json::array kEmpty;
  const json::value* value = find(name);
  if (value == nullptr) return kEmpty;
  const json::array* array = value->if_array();
  if (array == nullptr) wrong(name, *value, "an array");
  if (array->size() > length_max) {
    fail(ErrorKind::kBadFile, "{} has {} members, expected at most {}", full_name(name), array->size(), length_max);
  }
  return *array;
}

const json::value* RecordFields::object_or_null(std::string_view name) {
  const json::value* value = find(name);
  if (value != nullptr && !value->is_object()) wrong(name, *value, "an object");
  return value;
}

json::object RecordFields::rest() const {
  json::object rest;
  for (const auto& [key, value] : *object_) {
    if (std::find(asked_.begin(), asked_.end(), std::string_view(key)) == asked_.end()) rest.emplace(key, value);
  }
  return rest;
}

}  // namespace rbee::wire
