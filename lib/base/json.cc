#include "base/json.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

namespace rbee {
namespace {

namespace json = boost::json;
using ParseError = json::error_code;
using json::string_view;

/// The double nearest to a JSON number, or nothing when there is none.
std::optional<double> nearest_double(string_view text) {
  double number = 0;
#if defined(__cpp_lib_to_chars)
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
#else  // libc++ reads no floating-point numbers there
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  const bool whole = static_cast<bool>(in >> number) && in.peek() == std::istringstream::traits_type::eof();
#endif
  return whole ? std::optional(number) : std::nullopt;
}

// Receives Boost.JSON's events, builds the document and finds duplicate keys.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  explicit Handler(bool reject_duplicates) : reject_duplicates_(reject_duplicates) { stack_.reset(); }

  json::value release() { return stack_.release(); }
  const std::string& duplicate() const { return duplicate_; }
  bool found_duplicate() const { return found_duplicate_; }

  bool on_document_begin(ParseError&) { return true; }
  bool on_document_end(ParseError&) { return true; }
  bool on_object_begin(ParseError&) {
    if (reject_duplicates_) keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, ParseError&) {
    if (reject_duplicates_) keys_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_array_begin(ParseError&) { return true; }
  bool on_array_end(std::size_t n, ParseError&) {
    stack_.push_array(n);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, ParseError&) {
    if (reject_duplicates_) key_.append(part);
    stack_.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, ParseError& ec) {
    stack_.push_key(part);
    if (!reject_duplicates_) return true;
    key_.append(part);
    if (!keys_.back().insert(key_).second) {
      found_duplicate_ = true;
      duplicate_ = key_;
      ec = json::error::extra_data;  // any error stops the parser; the flag says which it was
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, ParseError&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, ParseError&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(string_view, ParseError&) { return true; }
  bool on_int64(std::int64_t number, string_view, ParseError&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, string_view, ParseError&) {
    stack_.push_uint64(number);
    return true;
  }
  // Boost 1.81 rounds some numbers wrongly; the catalog must read what it wrote.
  bool on_double(double number, string_view text, ParseError& ec) {
    number = nearest_double(text).value_or(number);
    if (!std::isfinite(number)) {
      ec = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, ParseError&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(ParseError&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(string_view, ParseError&) { return true; }
  bool on_comment(string_view, ParseError&) { return true; }

 private:
  const bool reject_duplicates_;
  json::value_stack stack_;
  std::vector<std::unordered_set<std::string>> keys_;  // of the open objects, outermost first
  std::string key_;
  std::string duplicate_;
  bool found_duplicate_ = false;
};

}  // namespace

json::value parse_json(std::string_view text, std::string_view source, const JsonLimits& limits) {
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<Handler> parser(options, limits.duplicates == JsonLimits::Duplicates::kReject);
  ParseError ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  const std::size_t at = parsed + 1;  // people count bytes from 1
  if (parser.handler().found_duplicate()) {
    fail(limits.error_kind, "{}: duplicate key '{}' at byte {}", source, parser.handler().duplicate(), at);
  }
  if (ec == json::error::too_deep) {
    fail(limits.error_kind, "{}: JSON nested deeper than {} at byte {}", source, limits.depth_max, at);
  }
  if (ec == json::error::incomplete) fail(limits.error_kind, "{}: the JSON ends too early, at byte {}", source, at);
  if (ec) fail(limits.error_kind, "{}: not JSON at byte {}: {}", source, at, ec.message());
  for (std::size_t rest = parsed; rest < text.size(); ++rest) {
    if (std::string_view(" \t\r\n").find(text[rest]) == std::string_view::npos) {
      fail(limits.error_kind, "{}: something follows the JSON document at byte {}", source, rest + 1);
    }
  }
  return parser.handler().release();
}

}  // namespace rbee
