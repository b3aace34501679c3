#pragma once
// Requests into template values.

#include <cstdint>

#include <boost/json/value.hpp>

#include "engine/chat/runtime.h"

namespace rbee::engine::jinja {

/// About how many bytes the JSON text of the value has.
std::uint64_t measure_json(const boost::json::value& json);

/// Throws Error{kBadRequest} when it nests deeper than kDataDepthMax or holds too many items.
Value from_json(Runtime& runtime, const boost::json::value& json);

}  // namespace rbee::engine::jinja
