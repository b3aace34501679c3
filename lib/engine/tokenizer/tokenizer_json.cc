#include "engine/tokenizer/tokenizer_json.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include "base/error.h"
#include "base/json.h"
#include "engine/tokenizer/limits.h"

namespace rbee::engine {
namespace {

namespace json = boost::json;
using ParseError = json::error_code;
using json::string_view;

constexpr std::uint64_t kIdMax = kVocabMax * kIdGapFactor;

// Receives the parser's events. model.vocab and model.merges go to their arenas, the rest to the document.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  Handler() { stack_.reset(); }
  TokenizerJson take() {
    result_.document = stack_.release();
    return std::move(result_);
  }
  /// What stopped the parser, when it was not the parser.
  const std::string& complaint() const { return complaint_; }

  bool on_document_begin(ParseError&) { return true; }
  bool on_document_end(ParseError&) { return true; }

  bool on_object_begin(ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("an object", ec);
    if (reading_ == Reading::kMerges || reading_ == Reading::kMergePair) return merge_value("an object", ec);
    if (at_model_field("vocab")) {
      reading_ = Reading::kVocab;
      result_.has_vocab = true;
      return true;
    }
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, ParseError&) {
    if (reading_ == Reading::kVocab) {
      reading_ = Reading::kDocument;
      stack_.push_null();
      return true;
    }
    keys_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_array_begin(ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("an array", ec);
    if (reading_ == Reading::kMergePair) return merge_value("an array in an array", ec);
    if (reading_ == Reading::kMerges) {
      reading_ = Reading::kMergePair;
      return true;
    }
    if (at_model_field("merges")) {
      reading_ = Reading::kMerges;
      result_.has_merges = true;
      return true;
    }
    ++array_depth_;
    return true;
  }
  bool on_array_end(std::size_t n, ParseError& ec) {
    if (reading_ == Reading::kMergePair) {
      reading_ = Reading::kMerges;
      if (n == 2) return true;
      return stop(ec, "model.merges[{}]: {} strings; two tokens were expected", (result_.merge_sides.size() - n) / 2,
                  n);
    }
    if (reading_ == Reading::kMerges) {
      reading_ = Reading::kDocument;
      stack_.push_null();
      return true;
    }
    --array_depth_;
    stack_.push_array(n);
    return true;
  }

  bool on_key_part(string_view part, std::size_t n, ParseError& ec) {
    if (reading_ == Reading::kVocab) return token_part(result_.tokens, part, n, ec);
    key_.append(part);
    stack_.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t n, ParseError& ec) {
    if (reading_ == Reading::kVocab) {
      if (!token_part(result_.tokens, part, n, ec)) return false;
      result_.tokens.finish();
      if (result_.tokens.size() > kVocabMax) return stop(ec, "model.vocab: more than {} tokens", kVocabMax);
      return true;
    }
    stack_.push_key(part);
    key_.append(part);
    std::vector<std::string>& keys = keys_.back();
    if (std::find(keys.begin(), keys.end(), key_) != keys.end()) return stop(ec, "duplicate key '{}'", key_);
    if (keys.size() == kKeysMax) return stop(ec, "an object with more than {} keys", kKeysMax);
    keys.push_back(std::move(key_));
    key_.clear();
    return true;
  }
  bool on_string_part(string_view part, std::size_t n, ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("a string", ec);
    if (reading_ == Reading::kDocument) {
      stack_.push_chars(part);
      return true;
    }
    return merge_part(part, n, ec);
  }
  bool on_string(string_view part, std::size_t n, ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("a string", ec);
    if (reading_ == Reading::kDocument) {
      stack_.push_string(part);
      return true;
    }
    return merge_part(part, n, ec) && end_merge_string(ec);
  }
  bool on_number_part(string_view, ParseError&) { return true; }
  bool on_int64(std::int64_t number, string_view, ParseError& ec) {
    if (reading_ == Reading::kVocab) {
      if (number < 0) return vocab_value(fmt::format("the id {}", number), ec);
      return vocab_id(static_cast<std::uint64_t>(number), ec);
    }
    if (reading_ != Reading::kDocument) return merge_value("a number", ec);
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, string_view, ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_id(number, ec);
    if (reading_ != Reading::kDocument) return merge_value("a number", ec);
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, string_view, ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value(fmt::format("the number {}", number), ec);
    if (reading_ != Reading::kDocument) return merge_value("a number", ec);
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("a boolean", ec);
    if (reading_ != Reading::kDocument) return merge_value("a boolean", ec);
    stack_.push_bool(value);
    return true;
  }
  bool on_null(ParseError& ec) {
    if (reading_ == Reading::kVocab) return vocab_value("null", ec);
    if (reading_ != Reading::kDocument) return merge_value("null", ec);
    stack_.push_null();
    return true;
  }
  bool on_comment_part(string_view, ParseError&) { return true; }
  bool on_comment(string_view, ParseError&) { return true; }

 private:
  // What the events belong to: kMergePair is inside one ["left", "right"] of model.merges.
  enum class Reading { kDocument, kVocab, kMerges, kMergePair };
  // Components have at most a dozen; TemplateProcessing's special_tokens is the largest object in use.
  static constexpr std::size_t kKeysMax = 1024;

  bool at_model_field(std::string_view field) const {
    return reading_ == Reading::kDocument && array_depth_ == 0 && keys_.size() == 2 && keys_[0].back() == "model" &&
           keys_[1].back() == field;
  }

  template <typename... Args>
  bool stop(ParseError& ec, fmt::format_string<Args...> format, Args&&... args) {
    complaint_ = fmt::format(format, std::forward<Args>(args)...);
    ec = json::error::extra_data;  // any error stops the parser
    return false;
  }
  bool vocab_value(std::string_view found, ParseError& ec) {
    const std::size_t n = result_.tokens.size();
    return stop(ec, "model.vocab['{}']: {}; an id from 0 to {} was expected", n == 0 ? "" : result_.tokens[n - 1],
                found, kIdMax - 1);
  }
  bool merge_value(std::string_view found, ParseError& ec) {
    return stop(ec, "model.merges[{}]: {}; two tokens were expected", result_.merge_sides.size() / 2, found);
  }

  bool vocab_id(std::uint64_t id, ParseError& ec) {
    if (id >= kIdMax) return vocab_value(fmt::format("the id {}", id), ec);
    result_.ids.push_back(static_cast<std::uint32_t>(id));
    return true;
  }
  bool token_part(StringList& list, string_view part, std::size_t n, ParseError& ec) {
    if (n > kTokenBytesMax) return stop(ec, "model.vocab: a token of more than {} bytes", kTokenBytesMax);
    list.append(part);
    return true;
  }
  bool merge_part(string_view part, std::size_t n, ParseError& ec) {
    if (n > 2 * kTokenBytesMax) {
      return stop(ec, "model.merges[{}]: more than {} bytes", result_.merge_sides.size() / 2, 2 * kTokenBytesMax);
    }
    (reading_ == Reading::kMergePair ? static_cast<void>(result_.merge_sides.append(part))
                                     : static_cast<void>(legacy_merge_.append(part)));
    return true;
  }
  bool end_merge_string(ParseError& ec) {
    if (reading_ == Reading::kMergePair) {
      result_.merge_sides.finish();
    } else if (!split_legacy_merge(ec)) {
      return false;
    }
    if (result_.merge_sides.size() > 2 * kMergesMax) return stop(ec, "model.merges: more than {}", kMergesMax);
    return true;
  }
  // "left right", as in merges.txt; its "#version" line may be among them.
  bool split_legacy_merge(ParseError& ec) {
    const std::string line = std::exchange(legacy_merge_, {});
    if (line.starts_with("#version")) return true;
    const std::size_t space = line.find(' ');
    if (space == std::string::npos || line.find(' ', space + 1) != std::string::npos) {
      return merge_value(fmt::format("'{}'", line), ec);
    }
    for (const std::string_view side :
         {std::string_view(line).substr(0, space), std::string_view(line).substr(space + 1)}) {
      result_.merge_sides.append(side);
      result_.merge_sides.finish();
    }
    return true;
  }

  TokenizerJson result_;
  Reading reading_ = Reading::kDocument;
  json::value_stack stack_;
  std::vector<std::vector<std::string>> keys_;  // of the open objects of the document, outermost first
  std::size_t array_depth_ = 0;                 // open arrays of the document
  std::string key_, legacy_merge_, complaint_;
};

}  // namespace

TokenizerJson read_tokenizer_json(std::string_view text, std::string_view source) {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::basic_parser<Handler> parser(options);
  ParseError ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  const std::size_t at = parsed + 1;  // people count bytes from 1
  const std::string& complaint = parser.handler().complaint();
  if (!complaint.empty()) fail(ErrorKind::kBadFile, "{}: {} (at byte {})", source, complaint, at);
  if (ec == json::error::too_deep) {
    fail(ErrorKind::kBadFile, "{}: JSON nested deeper than {} at byte {}", source, kJsonDepthMax, at);
  }
  if (ec == json::error::incomplete) {
    fail(ErrorKind::kBadFile, "{}: the JSON ends too early, at byte {}", source, at);
  }
  if (ec) fail(ErrorKind::kBadFile, "{}: not JSON at byte {}: {}", source, at, ec.message());
  const std::size_t rest = text.find_first_not_of(" \t\r\n", parsed);
  if (rest != std::string_view::npos) {
    fail(ErrorKind::kBadFile, "{}: something follows the JSON document at byte {}", source, rest + 1);
  }
  return parser.handler().take();
}

}  // namespace rbee::engine
