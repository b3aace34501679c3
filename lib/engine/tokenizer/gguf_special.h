#pragma once
// Special tokens written in a text, found as llama.cpp does it: longer tokens take their places first, wherever they
// stand; among equally long ones the smaller id, then the leftmost place.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/tokenizer/added_tokens.h"

namespace rbee::engine {

/// Filled once, then any thread may split.
class GgufSpecialTokens {
 public:
  /// Of `token` its content, id, lstrip and rstrip count; ids must ascend.
  void add(const AddedToken& token);
  /// Appends the fragments of `text` in order. O(n log n) in the text.
  void split(std::string_view text, std::vector<Fragment>& fragments) const;

 private:
  AddedTokenMatcher matcher_;
  std::vector<AddedToken> tokens_;  // in the matcher's order
};

}  // namespace rbee::engine
