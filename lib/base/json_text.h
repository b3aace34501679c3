#pragma once
// JSON as text that a person can read.

#include <string>

#include <boost/json/fwd.hpp>

namespace rbee {

/// `value` with two spaces per level and a newline at the end; objects and arrays without members stay on one line.
/// Numbers are the shortest decimal that reads back as the same number: 2.2, not 2.2E0.
std::string json_text(const boost::json::value& value);

/// The same on one line, without the newline: for streams of events.
std::string json_line(const boost::json::value& value);

}  // namespace rbee
