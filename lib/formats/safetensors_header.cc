#include "formats/safetensors_header.h"

#include <limits>
#include <unordered_set>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

#include "base/error.h"
#include "base/json.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

namespace json = boost::json;
using ParseError = json::error_code;
using json::string_view;

constexpr std::uint64_t kFieldBytesMax = 64;  // the longest dtype name is far shorter

// Receives Boost.JSON's events. No document is built: a header of 100 MB would become gigabytes.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  explicit Handler(std::string_view source) : source_(source) {}

  std::vector<SafetensorsEntry> release() { return std::move(entries_); }

  bool on_document_begin(ParseError&) { return true; }
  bool on_document_end(ParseError&) { return true; }
  bool on_object_begin(ParseError&);
  bool on_object_end(std::size_t, ParseError&);
  bool on_array_begin(ParseError&);
  bool on_array_end(std::size_t, ParseError&);
  bool on_key_part(string_view part, std::size_t, ParseError&) { return append_key(part); }
  bool on_key(string_view part, std::size_t, ParseError&);
  bool on_string_part(string_view part, std::size_t, ParseError&) { return append_text(part); }
  bool on_string(string_view part, std::size_t, ParseError&);
  bool on_number_part(string_view, ParseError&) { return true; }
  bool on_int64(std::int64_t number, string_view, ParseError&);
  bool on_uint64(std::uint64_t number, string_view, ParseError&) { return on_count(number); }
  bool on_double(double, string_view, ParseError&) { return on_other("a number that is no unsigned integer"); }
  bool on_bool(bool, ParseError&) { return on_other("a boolean"); }
  bool on_null(ParseError&) { return on_other("null"); }
  bool on_comment_part(string_view, ParseError&) { return true; }
  bool on_comment(string_view, ParseError&) { return true; }

 private:
  enum class Place { kDocument, kTop, kEntry, kMetadata, kShape, kOffsets, kSkipped };
  enum class Field { kDType, kShape, kOffsets, kOther };

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kBadFile, "{}: {}", source_, fmt::format(format, std::forward<Args>(args)...));
  }
  bool append_key(string_view part);
  bool append_text(string_view part);
  bool on_count(std::uint64_t number);
  bool on_other(const char* found);
  void begin_entry();
  void finish_entry();
  void begin_field();
  Field field() const;
  std::string place_name() const;

  const std::string_view source_;
  Place place_ = Place::kDocument;
  std::size_t skipped_depth_ = 0;
  std::string key_, key_read_, text_;
  std::vector<SafetensorsEntry> entries_;
  SafetensorsEntry entry_;
  std::unordered_set<std::string> fields_;  // of the entry being read
  std::unordered_set<std::string> metadata_keys_;
  bool metadata_seen_ = false;
  std::size_t offsets_read_ = 0;
};

Handler::Field Handler::field() const {
  if (key_ == "dtype") return Field::kDType;
  if (key_ == "shape") return Field::kShape;
  if (key_ == "data_offsets") return Field::kOffsets;
  return Field::kOther;
}

std::string Handler::place_name() const {
  switch (place_) {
    case Place::kDocument:
      return "the header";
    case Place::kTop:
      return fmt::format("'{}'", key_);
    case Place::kMetadata:
      return fmt::format("__metadata__ value '{}'", key_);
    default:
      return fmt::format("tensor '{}': {}", entry_.name, key_);
  }
}

bool Handler::append_key(string_view part) {
  if (place_ == Place::kSkipped) return true;
  key_read_.append(part);
  if (key_read_.size() > kSafetensorsNameBytesMax) {
    refuse("a name is longer than {} bytes: '{}…'", kSafetensorsNameBytesMax, key_read_.substr(0, 40));
  }
  return true;
}

bool Handler::on_key(string_view part, std::size_t, ParseError&) {
  append_key(part);
  if (place_ == Place::kSkipped) return true;
  key_ = std::exchange(key_read_, {});
  if (place_ == Place::kEntry) begin_field();
  if (place_ == Place::kMetadata) {
    if (metadata_keys_.size() >= kSafetensorsMetadataEntriesMax) {
      refuse("__metadata__ has more than {} entries", kSafetensorsMetadataEntriesMax);
    }
    if (!metadata_keys_.insert(key_).second) refuse("duplicate key '{}' in __metadata__", key_);
  }
  return true;
}

void Handler::begin_field() {
  if (!fields_.insert(key_).second) refuse("tensor '{}': duplicate field '{}'", entry_.name, key_);
  text_.clear();
}

void Handler::begin_entry() {
  if (entries_.size() >= kSafetensorsTensorsMax) refuse("more than {} tensors", kSafetensorsTensorsMax);
  for (const char c : key_) {
    if (static_cast<unsigned char>(c) < 0x20) refuse("a tensor name holds a control character");
  }
  entry_ = {};
  entry_.name = key_;
  fields_.clear();
  offsets_read_ = 0;
}

void Handler::finish_entry() {
  for (const char* name : {"dtype", "shape", "data_offsets"}) {
    if (fields_.count(name) == 0) refuse("tensor '{}' has no {}", entry_.name, name);
  }
  entries_.push_back(std::move(entry_));
}

bool Handler::on_object_begin(ParseError&) {
  switch (place_) {
    case Place::kDocument:
      place_ = Place::kTop;
      return true;
    case Place::kTop:
      if (key_ == "__metadata__") {
        if (std::exchange(metadata_seen_, true)) refuse("duplicate key '__metadata__'");
        place_ = Place::kMetadata;
      } else {
        begin_entry();
        place_ = Place::kEntry;
      }
      return true;
    case Place::kSkipped:
      ++skipped_depth_;
      return true;
    case Place::kEntry:
      if (field() == Field::kOther) {
        place_ = Place::kSkipped;
        skipped_depth_ = 1;
        return true;
      }
      [[fallthrough]];
    default:
      return on_other("an object");
  }
}

bool Handler::on_object_end(std::size_t, ParseError&) {
  if (place_ == Place::kSkipped) {
    if (--skipped_depth_ == 0) place_ = Place::kEntry;
  } else if (place_ == Place::kEntry) {
    finish_entry();
    place_ = Place::kTop;
  } else {
    place_ = place_ == Place::kMetadata ? Place::kTop : Place::kDocument;
  }
  return true;
}

bool Handler::on_array_begin(ParseError&) {
  if (place_ == Place::kSkipped) {
    ++skipped_depth_;
    return true;
  }
  if (place_ != Place::kEntry || field() == Field::kDType) return on_other("an array");
  switch (field()) {
    case Field::kShape:
      place_ = Place::kShape;
      break;
    case Field::kOffsets:
      place_ = Place::kOffsets;
      break;
    default:
      place_ = Place::kSkipped;
      skipped_depth_ = 1;
  }
  return true;
}

bool Handler::on_array_end(std::size_t, ParseError&) {
  if (place_ == Place::kSkipped) {
    if (--skipped_depth_ == 0) place_ = Place::kEntry;
    return true;
  }
  if (place_ == Place::kOffsets && offsets_read_ != 2) {
    refuse("tensor '{}': data_offsets has {} numbers, expected 2", entry_.name, offsets_read_);
  }
  place_ = Place::kEntry;
  return true;
}

bool Handler::append_text(string_view part) {
  if (place_ == Place::kMetadata) {
    if (text_.size() + part.size() > kSafetensorsMetadataValueBytesMax) {
      refuse("__metadata__ value '{}' is longer than {} bytes", key_, kSafetensorsMetadataValueBytesMax);
    }
    text_.append(part);
  } else if (place_ == Place::kEntry && field() == Field::kDType) {
    if (text_.size() + part.size() > kFieldBytesMax) refuse("tensor '{}': dtype is not a known name", entry_.name);
    text_.append(part);
  }
  return true;
}

bool Handler::on_string(string_view part, std::size_t, ParseError&) {
  append_text(part);
  if (place_ == Place::kEntry && field() == Field::kDType) {
    entry_.dtype = std::exchange(text_, {});
    return true;
  }
  text_.clear();
  return place_ == Place::kMetadata ? true : on_other("a string");
}

bool Handler::on_int64(std::int64_t number, string_view digits, ParseError&) {
  if (number < 0 || digits.front() == '-') return on_other("a negative number");
  return on_count(static_cast<std::uint64_t>(number));
}

bool Handler::on_count(std::uint64_t number) {
  if (place_ == Place::kShape) {
    if (entry_.shape.size() >= kSafetensorsRankMax) {
      refuse("tensor '{}' has more than {} dimensions", entry_.name, kSafetensorsRankMax);
    }
    entry_.shape.push_back(number);
    return true;
  }
  if (place_ == Place::kOffsets) {
    if (offsets_read_ < 2) (offsets_read_ == 0 ? entry_.begin : entry_.end) = number;
    ++offsets_read_;
    return true;
  }
  return on_other("a number");
}

// A value of a kind that its place does not take.
bool Handler::on_other(const char* found) {
  const char* expected = "";
  switch (place_) {
    case Place::kSkipped:
      return true;
    case Place::kEntry:
      if (field() == Field::kOther) return true;
      expected = field() == Field::kDType ? "a string" : "an array of unsigned integers";
      break;
    case Place::kMetadata:
      expected = "a string";
      break;
    case Place::kShape:
    case Place::kOffsets:
      expected = "unsigned integers";
      break;
    default:
      expected = "an object";
  }
  refuse("{} is {}, expected {}", place_name(), found, expected);
}

}  // namespace

std::vector<SafetensorsEntry> parse_safetensors_header(std::string_view header, std::string_view source) {
  if (header.empty() || header.front() != '{') {
    fail(ErrorKind::kBadFile, "{}: the header must begin with '{{'", source);
  }
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::basic_parser<Handler> parser(options, source);
  ParseError ec;
  const std::size_t parsed = parser.write_some(false, header.data(), header.size(), ec);
  const std::size_t at = parsed + 1;  // people count bytes from 1
  if (ec == json::error::too_deep) {
    fail(ErrorKind::kBadFile, "{}: header: JSON nested deeper than {} at byte {}", source, kJsonDepthMax, at);
  }
  if (ec == json::error::incomplete) fail(ErrorKind::kBadFile, "{}: the header's JSON ends too early", source);
  if (ec) fail(ErrorKind::kBadFile, "{}: the header is not JSON at byte {}: {}", source, at, ec.message());
  const std::size_t rest = header.find_first_not_of(" \t\r\n", parsed);
  if (rest != std::string_view::npos) {
    fail(ErrorKind::kBadFile, "{}: something follows the header's JSON at byte {}", source, rest + 1);
  }
  return parser.handler().release();
}

}  // namespace rbee::formats
