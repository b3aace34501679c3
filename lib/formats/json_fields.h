#pragma once
// Typed, range-checked reading of the fields of a JSON object that came from a file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/error.h"

namespace rbee::formats {

/// A view of a JSON object with the words that name it in errors. A field that is null counts as absent, unless said
/// otherwise. Every reader throws Error{kBadFile} naming the file, the field, what was found and what is expected.
class JsonFields {
 public:
  /// `object` and `source` outlive the view. `prefix` comes before field names in errors: "rope_scaling.".
  JsonFields(const boost::json::object& object, std::string_view source, std::string prefix = "")
      : object_(&object), source_(source), prefix_(std::move(prefix)) {}

  const boost::json::object& object() const { return *object_; }
  std::string_view source() const { return source_; }

  /// Null when the field is absent or null.
  const boost::json::value* find(std::string_view name) const;
  /// True when the field is there, be it null.
  bool contains(std::string_view name) const;

  /// Whole numbers written without fraction or exponent, from `min` to `max`.
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max) const;
  /// A count from 1 to `max`.
  std::optional<std::uint32_t> count(std::string_view name, std::uint32_t max) const;
  std::uint32_t required_count(std::string_view name, std::uint32_t max) const;
  /// A finite number above 0.
  std::optional<double> positive_number(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<std::string> string(std::string_view name) const;
  std::optional<JsonFields> fields(std::string_view name) const;
  /// Null when absent.
  const boost::json::array* array(std::string_view name) const;

  /// The field's full name for errors: "config.json: rope_scaling.factor".
  std::string full_name(std::string_view name) const;
  /// Throws Error{kBadFile}: "config.json: <field> is <value>, expected <expected>".
  [[noreturn]] void wrong(std::string_view name, const boost::json::value& found, std::string_view expected) const;
  /// Throws Error{kBadFile}: "config.json: <field> is missing, expected <expected>".
  [[noreturn]] void missing(std::string_view name, std::string_view expected) const;

 private:
  const boost::json::object* object_;
  std::string_view source_;
  std::string prefix_;
};

}  // namespace rbee::formats
