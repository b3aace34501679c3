#pragma once
// Reading a component of tokenizer.json that is one step or a Sequence of steps.

#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/tokenizer/json_node.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {

/// Calls `read_one(step, type)` for every step under `node`, nested Sequences (their steps under `list_key`) flattened.
/// The parser's depth limit bounds the recursion. Throws Error{kBadFile} above kStepsMax.
template <typename ReadOne>
void read_steps(const JsonNode& node, std::string_view list_key, std::size_t& n_steps, const ReadOne& read_one) {
  const std::string_view type = node.at("type").string();
  if (++n_steps > kStepsMax) node.fail_here(fmt::format("more than {} steps", kStepsMax));
  if (type != "Sequence") return read_one(node, type);
  for (const JsonNode& step : node.at(list_key).elements()) read_steps(step, list_key, n_steps, read_one);
}

/// Throws Error{kUnsupported} naming the type and the place.
[[noreturn]] inline void fail_unsupported(const JsonNode& node, std::string_view type, std::string_view known) {
  fail(ErrorKind::kUnsupported, "{}: type '{}' is not supported (known: {})", node.where(), type, known);
}

}  // namespace rbee::engine
