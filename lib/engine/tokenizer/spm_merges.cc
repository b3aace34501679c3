#include "engine/tokenizer/spm_merges.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/error.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

struct PairMerge {
  std::uint32_t left, right;
  Merge merge;
};

// Equal scores have equal ranks: then the leftmost pair goes first.
std::vector<std::uint32_t> ranks_of(std::span<const float> scores) {
  std::vector<float> distinct(scores.begin(), scores.end());
  std::sort(distinct.begin(), distinct.end(), std::greater<>());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::uint32_t> ranks;
  ranks.reserve(scores.size());
  for (const float score : scores) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), score, std::greater<>());
    ranks.push_back(static_cast<std::uint32_t>(at - distinct.begin()));
  }
  return ranks;
}

void check_cost(std::span<const std::string> tokens, std::string_view source) {
  std::uint64_t cost = 0;
  for (const std::string& token : tokens) cost += std::uint64_t{token.size()} * token.size();
  if (cost > kSpmCutBytesMax) {
    fail(ErrorKind::kBadFile,
         "{}: tokenizer.ggml.tokens: so long tokens that cutting them reads {} bytes, at most {} are allowed", source,
         cost, kSpmCutBytesMax);
  }
}

constexpr std::size_t kCodepoints = 0x110000;

}  // namespace

std::vector<std::string> characters_without_token(std::span<const std::string> tokens) {
  std::vector<bool> is_token(kCodepoints), seen(kCodepoints);
  std::vector<std::string> characters;
  for (const std::string& token : tokens) {
    if (token.empty()) continue;
    const Codepoint c = codepoint_at(token.data());
    if (c.bytes == token.size()) is_token[c.value] = true;
  }
  for (const std::string& token : tokens) {
    for (std::size_t at = 0; at < token.size();) {
      const Codepoint c = codepoint_at(token.data() + at);
      if (!is_token[c.value] && !seen[c.value]) characters.push_back(token.substr(at, c.bytes));
      seen[c.value] = true;
      at += c.bytes;
    }
  }
  return characters;
}

void add_spm_merges(std::span<const std::string> tokens, std::span<const float> scores, std::string_view source,
                    BpeParts& parts) {
  check_cost(tokens, source);
  const std::vector<std::uint32_t> ranks = ranks_of(scores);
  std::vector<PairMerge> merges;
  for (std::uint32_t id = 0; id < tokens.size(); ++id) {
    const std::string_view token = tokens[id];
    if (token.empty()) continue;
    for (std::size_t at = codepoint_at(token.data()).bytes; at < token.size();
         at += codepoint_at(token.data() + at).bytes) {
      const std::uint32_t left = parts.tokens.find(token.substr(0, at));
      if (left == kNoToken) continue;
      const std::uint32_t right = parts.tokens.find(token.substr(at));
      if (right != kNoToken) merges.push_back({left, right, {ranks[id], id}});
    }
  }
  parts.merges = MergeTable(merges.size());
  for (const PairMerge& pair : merges) parts.merges.insert(pair.left, pair.right, pair.merge);
}

}  // namespace rbee::engine
