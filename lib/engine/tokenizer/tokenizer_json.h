#pragma once
// tokenizer.json, read: the vocabulary and the merges as flat arenas (a document tree of their 17 MB would cost more
// than the rest of loading), everything else as a JSON document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace rbee::engine {

/// Strings one after the other.
class StringList {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  /// String `i` and the next one, joined.
  std::string_view pair(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i + 1] - begin);
  }
  std::size_t bytes() const { return bytes_.size(); }
  /// Adds to the string that finish() will close.
  void append(std::string_view part) { bytes_.append(part); }
  void finish() { ends_.push_back(static_cast<std::uint32_t>(bytes_.size())); }
  std::size_t open_bytes() const { return bytes_.size() - (ends_.empty() ? 0 : ends_.back()); }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

struct TokenizerJson {
  /// The document; where model.vocab or model.merges was taken out, null stands.
  boost::json::value document;
  /// model.vocab when it is an object: contents and ids.
  StringList tokens;
  std::vector<std::uint32_t> ids;
  bool has_vocab = false;
  /// model.merges: left and right of each, one after the other.
  StringList merge_sides;
  bool has_merges = false;
};

/// Parses `text`; `source` names it in errors. Throws Error{kBadFile} naming the place: malformed JSON, nesting,
/// duplicate keys, ids that are not integers within limits.h, merges that are not two tokens, too long tokens, too
/// many of anything. Memory is proportional to the text.
TokenizerJson read_tokenizer_json(std::string_view text, std::string_view source);

}  // namespace rbee::engine
