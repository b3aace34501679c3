#include "engine/tokenizer/json_node.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::engine {

std::string_view JsonNode::kind() const {
  switch (value_->kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "a boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
      return "an integer";
    case boost::json::kind::double_:
      return "a number that is not an integer";
    case boost::json::kind::string:
      return "a string";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::object:
      return "an object";
  }
  return "unknown";
}

void JsonNode::fail_here(std::string_view message) const {
  fail(ErrorKind::kBadFile, "{}: {}", where_, message);
}

JsonNode JsonNode::member(std::string_view key, const boost::json::value& value) const {
  JsonNode node(value, fmt::format("{}{}{}", where_, is_root_ ? ": " : ".", key), 0);
  node.is_root_ = false;
  return node;
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  if (!value_->is_object()) fail_here(fmt::format("{}, an object was expected", kind()));
  const boost::json::value* value = value_->get_object().if_contains(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return member(key, *value);
}

JsonNode JsonNode::at(std::string_view key) const {
  auto node = find(key);
  if (!node) fail_here(fmt::format("'{}' is missing", key));
  return std::move(*node);
}

std::vector<JsonNode> JsonNode::elements() const {
  if (!value_->is_array()) fail_here(fmt::format("{}, an array was expected", kind()));
  std::vector<JsonNode> nodes;
  nodes.reserve(value_->get_array().size());
  for (const boost::json::value& element : value_->get_array()) {
    nodes.push_back(JsonNode(element, fmt::format("{}[{}]", where_, nodes.size()), 0));
    nodes.back().is_root_ = false;
  }
  return nodes;
}

std::vector<std::pair<std::string_view, JsonNode>> JsonNode::members() const {
  if (!value_->is_object()) fail_here(fmt::format("{}, an object was expected", kind()));
  std::vector<std::pair<std::string_view, JsonNode>> nodes;
  for (const auto& [key, value] : value_->get_object()) nodes.emplace_back(key, member(key, value));
  return nodes;
}

std::string_view JsonNode::string() const {
  if (!value_->is_string()) fail_here(fmt::format("{}, a string was expected", kind()));
  return value_->get_string();
}

bool JsonNode::boolean() const {
  if (!value_->is_bool()) fail_here(fmt::format("{}, true or false was expected", kind()));
  return value_->get_bool();
}

std::uint64_t JsonNode::integer(std::uint64_t min, std::uint64_t max) const {
  std::uint64_t number = 0;
  if (value_->is_uint64()) {
    number = value_->get_uint64();
  } else if (value_->is_int64() && value_->get_int64() >= 0) {
    number = static_cast<std::uint64_t>(value_->get_int64());
  } else if (value_->is_int64()) {
    fail_here(fmt::format("{}, an integer from {} to {} was expected", value_->get_int64(), min, max));
  } else {
    fail_here(fmt::format("{}, an integer from {} to {} was expected", kind(), min, max));
  }
  if (number < min || number > max) {
    fail_here(fmt::format("{}, an integer from {} to {} was expected", number, min, max));
  }
  return number;
}

bool JsonNode::boolean(std::string_view key, bool fallback) const {
  const auto node = find(key);
  return node ? node->boolean() : fallback;
}

std::string_view JsonNode::string(std::string_view key, std::string_view fallback) const {
  const auto node = find(key);
  return node ? node->string() : fallback;
}

}  // namespace rbee::engine
