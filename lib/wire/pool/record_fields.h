#pragma once
// Strict reading of a record's fields, remembering which ones were not read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace rbee::wire {

/// One JSON object of a record file. Every reader throws Error{kBadFile} that names the place, what was found and what
/// is expected: "catalog.json: models[3].size_gb is "big", expected a number". A null field counts as absent.
class RecordFields {
 public:
  /// `value` outlives this. `where` names the object in errors. Throws Error{kBadFile} when it is no object.
  RecordFields(const boost::json::value& value, std::string where);

  std::string text(std::string_view name);                             ///< required
  std::string text_or(std::string_view name, std::string_view other);  ///< `other` when absent
  /// A whole number from 0 to `max`.
  std::uint64_t count(std::string_view name, std::uint64_t max);
  std::uint64_t count_or(std::string_view name, std::uint64_t max, std::uint64_t other);
  double number_or(std::string_view name, double other);  ///< finite, at least 0
  bool flag_or(std::string_view name, bool other);
  /// Empty when absent; at most `length_max` members.
  const boost::json::array& array_or_empty(std::string_view name, std::size_t length_max);
  /// Null when absent; what is there is an object.
  const boost::json::value* object_or_null(std::string_view name);

  /// "catalog.json: models[3].name"
  std::string full_name(std::string_view name) const;
  /// Throws Error{kBadFile} for the field.
  [[noreturn]] void wrong(std::string_view name, const boost::json::value& found, std::string_view expected) const;

  /// The fields that no reader asked for: what a rewrite must keep.
  boost::json::object rest() const;

 private:
  const boost::json::value* find(std::string_view name);
  const boost::json::value& required(std::string_view name, std::string_view expected);

  const boost::json::object* object_ = nullptr;
  std::string where_;
  std::vector<std::string_view> asked_;
};

}  // namespace rbee::wire
