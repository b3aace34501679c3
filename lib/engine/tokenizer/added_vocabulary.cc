#include "engine/tokenizer/added_vocabulary.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

AddedToken read_token(const JsonNode& node) {
  AddedToken token;
  token.content = node.at("content").string();
  if (token.content.size() > kAddedTokenBytesMax) {
    node.fail_here(
        fmt::format("a content of {} bytes, at most {} are allowed", token.content.size(), kAddedTokenBytesMax));
  }
  token.special = node.boolean("special", false);
  token.single_word = node.boolean("single_word", false);
  token.lstrip = node.boolean("lstrip", false);
  token.rstrip = node.boolean("rstrip", false);
  token.normalized = node.boolean("normalized", !token.special);
  return token;
}

}  // namespace

AddedVocabulary::AddedVocabulary(const std::optional<JsonNode>& node, const BpeParts& model) {
  if (!node) return;
  const std::vector<JsonNode> elements = node->elements();
  if (elements.size() > kAddedTokensMax) {
    node->fail_here(fmt::format("{} tokens, at most {} are allowed", elements.size(), kAddedTokensMax));
  }
  // As the tokenizers library counts: from the number of the model's tokens, or from the largest added id.
  std::uint32_t next = static_cast<std::uint32_t>(model.tokens.size());
  for (const JsonNode& element : elements) {
    AddedToken token = read_token(element);
    if (token.content.empty() || ids_.contains(token.content)) continue;
    const auto in_model = find_content(model, token.content);
    token.id = in_model.value_or(next);
    if (const auto stated = element.find("id")) {
      const std::uint64_t id = stated->integer(0, kVocabMax * kIdGapFactor - 1);
      if (id != token.id) {
        stated->fail_here(fmt::format("{}, but '{}' has the id {}: {}", id, token.content, token.id,
                                      in_model ? "model.vocab says so" : "ids of added tokens follow one another"));
      }
    }
    if (!in_model && model.tokens.contains(token.id)) {
      element.fail_here(fmt::format("the id {} is a token of model.vocab", token.id));
    }
    next = std::max(next, token.id + 1);
    ids_.emplace(token.content, token.id);
    id_end_ = std::max<std::size_t>(id_end_, token.id + std::size_t{1});
    tokens_.push_back(std::move(token));
  }
  std::stable_partition(tokens_.begin(), tokens_.end(), [](const AddedToken& token) { return token.special; });
  token_of_id_.assign(id_end_, kNoToken);
  for (std::size_t i = 0; i < tokens_.size(); ++i) token_of_id_[tokens_[i].id] = static_cast<std::uint32_t>(i);
}

const AddedToken* AddedVocabulary::by_id(std::uint32_t id) const {
  if (id >= token_of_id_.size() || token_of_id_[id] == kNoToken) return nullptr;
  return &tokens_[token_of_id_[id]];
}

std::optional<std::uint32_t> AddedVocabulary::find(std::string_view content) const {
  const auto found = ids_.find(content);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace rbee::engine
