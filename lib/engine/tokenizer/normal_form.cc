#include "engine/tokenizer/normal_form.h"

#include <algorithm>
#include <array>
#include <vector>

#include <utf8proc.h>

#include "base/utf8.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

int combining_class(utf8proc_int32_t c) {
  return utf8proc_get_property(c)->combining_class;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Orders every run of combining marks by class, stable. utf8proc's own way is quadratic in the run.
void order_marks(std::vector<utf8proc_int32_t>& codepoints) {
  for (auto run = codepoints.begin(); run != codepoints.end();) {
    if (combining_class(*run) == 0) {
      ++run;
      continue;
    }
    const auto end = std::find_if(run, codepoints.end(), [](auto c) { return combining_class(c) == 0; });
    std::stable_sort(run, end, [](auto a, auto b) { return combining_class(a) < combining_class(b); });
    run = end;
  }
}

void append_normalized(std::string_view text, NormalForm form, std::string& out) {
  const bool compatible = form == NormalForm::kNfkc || form == NormalForm::kNfkd;
  const bool composes = form == NormalForm::kNfc || form == NormalForm::kNfkc;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE | (compatible ? UTF8PROC_COMPAT : 0));
  std::vector<utf8proc_int32_t> codepoints;
  codepoints.reserve(text.size());
  std::array<utf8proc_int32_t, 32> parts{};
  for (std::size_t at = 0; at < text.size();) {
    const Codepoint c = codepoint_at(text.data() + at);
    at += c.bytes;
    int boundary = 0;
    const auto n =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c.value), parts.data(), parts.size(), options, &boundary);
    if (n < 1 || n > static_cast<utf8proc_ssize_t>(parts.size())) {
      codepoints.push_back(static_cast<utf8proc_int32_t>(c.value));
    } else {
      codepoints.insert(codepoints.end(), parts.begin(), parts.begin() + n);
    }
  }
  order_marks(codepoints);
  auto size = static_cast<utf8proc_ssize_t>(codepoints.size());
  if (composes) {
    size = utf8proc_normalize_utf32(codepoints.data(), size,
                                    static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  }
  for (utf8proc_ssize_t i = 0; i < size; ++i) {
    append_utf8(out, static_cast<char32_t>(codepoints[static_cast<std::size_t>(i)]));
  }
}

// NFC changes text only around characters that may combine with what stands before them: a stretch of these, with the
// one character before, is normalized on its own.
std::string_view to_nfc(std::string_view text, std::string& buffer) {
  const UnicodeClass& classes = unicode_class();
  std::size_t copied = 0, previous = 0;
  bool changed = false;
  for (std::size_t at = 0; at < text.size();) {
    Codepoint c = codepoint_at(text.data() + at);
    if ((classes[c.value] & kNfcInside) == 0) {
      previous = at;
      at += c.bytes;
      continue;
    }
    while (at < text.size() && (classes[(c = codepoint_at(text.data() + at)).value] & kNfcInside) != 0) at += c.bytes;
    if (!changed) buffer.clear();
    changed = true;
    buffer.append(text.substr(copied, previous - copied));
    append_normalized(text.substr(previous, at - previous), NormalForm::kNfc, buffer);
    copied = at;
    previous = at;
  }
  if (!changed) return text;
  buffer.append(text.substr(copied));
  return buffer;
}

}  // namespace

std::string_view to_normal_form(std::string_view text, NormalForm form, std::string& buffer) {
  if (is_ascii(text)) return text;
  if (form == NormalForm::kNfc) return to_nfc(text, buffer);
  buffer.clear();
  append_normalized(text, form, buffer);
  return buffer;
}

}  // namespace rbee::engine
