#pragma once
// JSON from outside: strict, bounded, with errors that name the place.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/error.h"

namespace rbee {

/// How deep documents from outside may nest.
constexpr std::uint32_t kJsonDepthMax = 32;

/// What a JSON document may be; the defaults are for documents from outside.
struct JsonLimits {
  std::uint32_t depth_max = kJsonDepthMax;
  enum class Duplicates { kReject, kLastWins } duplicates = Duplicates::kReject;
  /// The kind of the Error thrown: kBadFile for files, kBadRequest for requests.
  ErrorKind error_kind = ErrorKind::kBadFile;
};

/// Parses one RFC 8259 document (UTF-8, no comments, no trailing commas, no BOM, nothing after it).
/// `source` names the document in errors: "config.json: JSON nested deeper than 32 at byte 33",
/// "…: duplicate key 'a' at byte 9" (bytes count from 1). Integers stay int64/uint64; others are double. Linear in the
/// text; the recursion depth of the machine stack does not grow with the text. Throws Error{limits.error_kind}.
boost::json::value parse_json(std::string_view text, std::string_view source, const JsonLimits& limits = {});

}  // namespace rbee
