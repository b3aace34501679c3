#pragma once
// The added tokens of a tokenizer.json, with ids beside the model's.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/added_tokens.h"
#include "engine/tokenizer/bpe_parts.h"
#include "engine/tokenizer/json_node.h"

namespace rbee::engine {

/// Immutable after construction.
class AddedVocabulary {
 public:
  /// Reads `node`, the array added_tokens (or nothing). A token that the model has keeps the model's id, the others
  /// follow the model's; an id in the file that is another one throws Error{kBadFile}, as do limits and wrong types.
  AddedVocabulary(const std::optional<JsonNode>& node, const BpeParts& model);

  /// Null when `id` is no added token.
  const AddedToken* by_id(std::uint32_t id) const;
  std::optional<std::uint32_t> find(std::string_view content) const;
  /// In the order in which equal contents win: special tokens first.
  const std::vector<AddedToken>& tokens() const { return tokens_; }
  /// Largest id + 1, or 0.
  std::size_t id_end() const { return id_end_; }

 private:
  std::vector<AddedToken> tokens_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;
  std::vector<std::uint32_t> token_of_id_;  // index into tokens_, kNoToken where there is none
  std::size_t id_end_ = 0;
};

}  // namespace rbee::engine
