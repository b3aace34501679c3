#pragma once
// Tokens that are found in the text as they are written, before the model sees it. Source: AddedVocabulary of the
// tokenizers library: the leftmost match wins, at one place the longest.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::engine {

struct AddedToken {
  std::string content;
  std::uint32_t id = 0;
  bool special = false;
  bool single_word = false;  ///< only where no word character stands beside it
  bool lstrip = false;       ///< takes the white space before it
  bool rstrip = false;       ///< takes the white space behind it
  bool normalized = false;   ///< sought in the normalized text, and written normalized
};

/// A stretch of a text: a token, or text between tokens.
struct Fragment {
  std::uint32_t id;  ///< kNoToken for text
  std::string_view text;
};

/// A trie of token contents. Filled once, then any thread may search. A search looks at each byte at most as often
/// as the longest token is long.
class AddedTokenMatcher {
 public:
  /// `content` is what is sought in the text (for a normalized token its normalized form). Empty content and a content
  /// that is there already are ignored.
  void add(const AddedToken& token, std::string_view content);
  bool empty() const { return tokens_.empty(); }

  /// Appends the fragments of `text` (valid UTF-8) in order; they are not empty, and none when `text` is empty.
  void split(std::string_view text, std::vector<Fragment>& fragments) const;

  /// The longest token at `begin`, or size 0.
  struct Found {
    std::uint32_t token = 0;
    std::size_t size = 0;
  };
  Found longest_at(std::string_view text, std::size_t begin) const;

  /// Calls visit(index, size) for every token that stands at `begin`, shorter ones first. The index counts the tokens
  /// that add() took.
  template <typename Visit>
  void for_each_at(std::string_view text, std::size_t begin, const Visit& visit) const {
    std::uint32_t node = roots_[static_cast<unsigned char>(text[begin])];
    for (std::size_t at = begin; node != kNone;) {
      ++at;
      if (nodes_[node].token != kNone) visit(nodes_[node].token, at - begin);
      if (at == text.size()) break;
      node = child_of(nodes_[node].child, text[at]);
    }
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Node {
    char byte = 0;
    std::uint32_t child = kNone, sibling = kNone;
    std::uint32_t token = kNone;  // index into tokens_
  };
  struct Flags {
    std::uint32_t id;
    bool single_word, lstrip, rstrip;
  };
  std::uint32_t child_of(std::uint32_t first, char byte) const;

  std::array<std::uint32_t, 256> roots_ = filled();
  std::vector<Node> nodes_;
  std::vector<Flags> tokens_;

  static constexpr std::array<std::uint32_t, 256> filled() {
    std::array<std::uint32_t, 256> roots{};
    for (auto& root : roots) root = kNone;
    return roots;
  }
};

}  // namespace rbee::engine
