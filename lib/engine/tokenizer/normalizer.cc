#include "engine/tokenizer/normalizer.h"

#include <utf8proc.h>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

void check_size(std::size_t bytes) {
  if (bytes > kNormalizedBytesMax) {
    fail(ErrorKind::kBadRequest, "the normalized text would have more than {} bytes", kNormalizedBytesMax);
  }
}

// One step: reads `text`, may write into `buffer` and view it. `text` never views `buffer`.
class Apply {
 public:
  Apply(std::string_view text, std::string& buffer) : text_(text), buffer_(buffer) {}

  Normalized operator()(const PrependStep& step) const {
    if (text_.empty()) return {text_};
    buffer_.assign(step.text).append(text_);
    return {buffer_};
  }
  Normalized operator()(const ReplaceStep& step) const { return {replace_matches(text_, step, buffer_)}; }
  Normalized operator()(const NormalFormStep& step) const { return {to_normal_form(text_, step.form, buffer_)}; }

  Normalized operator()(const StripStep& step) const {
    std::size_t begin = 0, end = text_.size();
    const UnicodeClass& classes = unicode_class();
    while (step.left && begin < end) {
      const Codepoint c = codepoint_at(text_.data() + begin);
      if ((classes[c.value] & kSpace) == 0) break;
      begin += c.bytes;
    }
    while (step.right && end > begin) {
      const std::size_t last = codepoint_before(text_, end);
      if ((classes[codepoint_at(text_.data() + last).value] & kSpace) == 0) break;
      end = last;
    }
    return {text_.substr(begin, end - begin), begin == 0};
  }

  Normalized operator()(const LowercaseStep&) const {
    buffer_.clear();
    each_character([this](char32_t c) {
      if (c == 0x130) {  // İ is the one character whose lower case is two
        buffer_.append("i\xCC\x87");
      } else {
        append_utf8(buffer_, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
      }
    });
    return {buffer_};
  }

  Normalized operator()(const StripAccentsStep&) const {
    buffer_.clear();
    each_character([this](char32_t c) {
      if ((unicode_class()[c] & kMark) == 0) append_utf8(buffer_, c);
    });
    return {buffer_};
  }

  Normalized operator()(const ByteAlphabetStep&) const {
    buffer_.clear();
    for (const char byte : text_) buffer_.append(alphabet_character(static_cast<unsigned char>(byte)));
    return {buffer_};
  }

 private:
  template <typename Visit>
  void each_character(Visit visit) const {
    for (std::size_t at = 0; at < text_.size();) {
      const Codepoint c = codepoint_at(text_.data() + at);
      visit(c.value);
      at += c.bytes;
    }
  }

  std::string_view text_;
  std::string& buffer_;
};

bool views(std::string_view text, const std::string& buffer) {
  return text.data() >= buffer.data() && text.data() <= buffer.data() + buffer.size();
}

}  // namespace

std::string_view replace_matches(std::string_view text, const ReplaceStep& step, std::string& buffer) {
  std::vector<ByteSpan> matches;
  step.pattern.find_all(text, matches);
  if (matches.empty()) return text;
  check_size(text.size() + matches.size() * step.content.size());
  buffer.clear();
  buffer.reserve(text.size() + matches.size() * step.content.size());
  std::size_t copied = 0;
  for (const ByteSpan& match : matches) {
    buffer.append(text.substr(copied, match.begin - copied)).append(step.content);
    copied = match.end;
  }
  buffer.append(text.substr(copied));
  return buffer;
}

Normalized Normalizer::apply(std::string_view text, std::string& storage) const {
  Normalized result{text};
  std::string buffer;
  for (const NormalizerStep& step : steps_) {
    const Normalized next = std::visit(Apply(result.text, buffer), step);
    result.keeps_start = result.keeps_start && next.keeps_start;
    result.text = next.text;
    check_size(result.text.size());
    if (!views(result.text, buffer)) continue;
    // What was written becomes the text; the old storage is the next buffer.
    const std::size_t offset = static_cast<std::size_t>(result.text.data() - buffer.data());
    storage.swap(buffer);
    result.text = std::string_view(storage).substr(offset, result.text.size());
  }
  return result;
}

}  // namespace rbee::engine
