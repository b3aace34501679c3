#include "engine/tokenizer/added_tokens.h"

#include <algorithm>

#include "engine/tokenizer/token_table.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

std::uint16_t class_at(std::string_view text, std::size_t at) {
  return unicode_class()[codepoint_at(text.data() + at).value];
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const bool word_before = begin > 0 && (class_at(text, codepoint_before(text, begin)) & kWord) != 0;
  const bool word_after = end < text.size() && (class_at(text, end) & kWord) != 0;
  return !word_before && !word_after;
}

std::size_t spaces_begin(std::string_view text, std::size_t end, std::size_t not_before) {
  while (end > not_before) {
    const std::size_t last = codepoint_before(text, end);
    if ((class_at(text, last) & kSpace) == 0) break;
    end = last;
  }
  return end;
}

std::size_t spaces_end(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const Codepoint c = codepoint_at(text.data() + begin);
    if ((unicode_class()[c.value] & kSpace) == 0) break;
    begin += c.bytes;
  }
  return begin;
}

}  // namespace

std::uint32_t AddedTokenMatcher::child_of(std::uint32_t first, char byte) const {
  while (first != kNone && nodes_[first].byte != byte) first = nodes_[first].sibling;
  return first;
}

void AddedTokenMatcher::add(const AddedToken& token, std::string_view content) {
  if (content.empty()) return;
  std::uint32_t node = kNone;
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::uint32_t first = i == 0 ? roots_[static_cast<unsigned char>(content[0])] : nodes_[node].child;
    std::uint32_t next = child_of(first, content[i]);
    if (next == kNone) {
      next = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({content[i], kNone, first, kNone});
      (i == 0 ? roots_[static_cast<unsigned char>(content[0])] : nodes_[node].child) = next;
    }
    node = next;
  }
  if (nodes_[node].token != kNone) return;
  nodes_[node].token = static_cast<std::uint32_t>(tokens_.size());
  tokens_.push_back({token.id, token.single_word, token.lstrip, token.rstrip});
}

AddedTokenMatcher::Found AddedTokenMatcher::longest_at(std::string_view text, std::size_t begin) const {
  Found found;
  for_each_at(text, begin, [&](std::uint32_t token, std::size_t size) { found = {token, size}; });
  return found;
}

void AddedTokenMatcher::split(std::string_view text, std::vector<Fragment>& fragments) const {
  std::size_t done = 0;
  const auto text_until = [&](std::size_t end) {
    if (end > done) fragments.push_back({kNoToken, text.substr(done, end - done)});
  };
  for (std::size_t at = 0; at < text.size() && !tokens_.empty();) {
    const Found found = longest_at(text, at);
    if (found.size == 0) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = at + found.size;
    at = end;
    const Flags& token = tokens_[found.token];
    if (token.single_word && !stands_alone(text, begin, end)) continue;
    // White space that the previous token took is gone.
    if (token.lstrip) begin = std::max(spaces_begin(text, begin, done), done);
    if (token.rstrip) end = spaces_end(text, end);
    text_until(begin);
    if (end > begin) fragments.push_back({token.id, text.substr(begin, end - begin)});
    done = std::max(done, end);
  }
  text_until(text.size());
}

}  // namespace rbee::engine
