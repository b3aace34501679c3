#pragma once
// Strict reading of a JSON object from a request: every field is read once, checked, and none is left over.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace rbee::wire {

/// The document of a request body: an object. Throws Error{kBadRequest}.
boost::json::object parse_object(std::string_view body);

/// What a value is, for messages: "a string", "the number 1.5", "null", …
std::string described(const boost::json::value& value);

/// Throws Error{kBadRequest, "<param>: <found>, expected <expected>", param}.
[[noreturn]] void fail_field(std::string_view param, const boost::json::value& found, std::string_view expected);
[[noreturn]] void fail_field(std::string_view param, std::string_view message);

struct NumberRange {
  double min, max;
  enum class Min { kIncluded, kExcluded } min_is = Min::kIncluded;
};

/// Reads fields of one object. Every method throws Error{kBadRequest} with param set when the field is there but wrong;
/// absent fields give nothing. null is a wrong type, not an absent field.
class ObjectReader {
 public:
  /// `object` must outlive the reader. `path` prefixes params: "messages[2]."; empty at the top.
  explicit ObjectReader(const boost::json::object& object, std::string path = {});

  /// An integer written as one: 1.0 and "1" are refused.
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<double> number(std::string_view name, NumberRange range);
  std::optional<bool> boolean(std::string_view name);
  /// At most `bytes_max` bytes of UTF-8.
  std::optional<std::string> string(std::string_view name, std::uint64_t bytes_max);
  /// Any value, unchecked; null when absent. Marks the field as read.
  const boost::json::value* any(std::string_view name);
  bool has(std::string_view name) const;
  /// Refuses a known field that this program cannot honour. Throws when it is there at all.
  void refuse(std::string_view name, std::string_view why);
  /// Throws for the first field that nothing has read, naming the fields that are known here.
  void finish() const;
  /// The full param of a field.
  std::string param(std::string_view name) const;

 private:
  const boost::json::object& object_;
  const std::string path_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace rbee::wire
