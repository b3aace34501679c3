#pragma once
// A place in a tokenizer.json, with typed access whose errors name the place: "tokenizer.json:
// decoder.decoders[2].type: ..."

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace rbee::engine {

/// A value and its path. The document must outlive it.
class JsonNode {
 public:
  JsonNode(const boost::json::value& value, std::string_view source) : value_(&value), where_(source) {}

  /// "tokenizer.json: added_tokens[3]".
  const std::string& where() const { return where_; }
  bool is_null() const { return value_->is_null(); }

  /// The member `key` of this object; empty when it is absent or null. Throws when this is no object.
  std::optional<JsonNode> find(std::string_view key) const;
  /// The member `key`; throws when it is absent.
  JsonNode at(std::string_view key) const;
  /// The elements; throws when this is no array.
  std::vector<JsonNode> elements() const;
  /// Name and value of every member; throws when this is no object.
  std::vector<std::pair<std::string_view, JsonNode>> members() const;

  std::string_view string() const;
  bool boolean() const;
  std::uint64_t integer(std::uint64_t min, std::uint64_t max) const;
  /// The member `key`, or `fallback` when it is absent or null.
  bool boolean(std::string_view key, bool fallback) const;
  std::string_view string(std::string_view key, std::string_view fallback) const;
  bool is_array() const { return value_->is_array(); }

  /// Throws Error{kBadFile} "<where>: <message>".
  [[noreturn]] void fail_here(std::string_view message) const;

 private:
  JsonNode(const boost::json::value& value, std::string where, int) : value_(&value), where_(std::move(where)) {}
  JsonNode member(std::string_view key, const boost::json::value& value) const;
  std::string_view kind() const;

  const boost::json::value* value_;
  std::string where_;
  bool is_root_ = true;
};

}  // namespace rbee::engine
