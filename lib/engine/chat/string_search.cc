#include "engine/chat/string_search.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/cursor.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

bool has_codepoint(std::string_view chars, char32_t wanted) {
  while (!chars.empty()) {
    if (take_codepoint(chars) == wanted) return true;
  }
  return false;
}

}  // namespace

TextRange text_range(std::string_view text, const Parameters& given, std::size_t first) {
  TextRange range;
  range.text = text;
  const bool has_start = given.has(first) && !given[first].is_none();
  const bool has_end = given.has(first + 1) && !given[first + 1].is_none();
  if (!has_start && !has_end) return range;
  const std::int64_t length = static_cast<std::int64_t>(count_codepoints(text));
  const auto bound = [length](const Value& value) {
    const std::int64_t at = to_small_index(value);
    return at < 0 ? std::max<std::int64_t>(at + length, 0) : at;
  };
  const std::int64_t start = has_start ? bound(given[first]) : 0;
  const std::int64_t end = has_end ? std::min(bound(given[first + 1]), length) : length;
  if (start > end || start > length) {
    range.valid = false;
    return range;
  }
  const std::size_t begin_byte = byte_offset(text, static_cast<std::size_t>(start));
  const std::size_t end_byte = byte_offset(text, static_cast<std::size_t>(end));
  range.text = text.substr(begin_byte, end_byte - begin_byte);
  range.start = static_cast<std::size_t>(start);
  return range;
}

std::string_view strip_left_of(std::string_view text, std::string_view chars) {
  std::string_view rest = text;
  while (!rest.empty() && has_codepoint(chars, take_codepoint(rest))) text = rest;
  return text;
}

std::string_view strip_right_of(std::string_view text, std::string_view chars) {
  while (!text.empty()) {
    const std::string_view last = last_codepoint(text);
    std::string_view one = last;
    if (!has_codepoint(chars, take_codepoint(one))) break;
    text.remove_suffix(last.size());
  }
  return text;
}

std::string replace_text(Runtime& runtime, std::string_view text, std::string_view from, std::string_view to,
                         Integer count) {
  runtime.budget().charge_scan(text.size());
  std::string out;
  if (count < 0) count = static_cast<Integer>(text.size()) + 1;
  if (from.empty()) {  // before every character, and at the end
    std::string_view rest = text;
    for (; count > 0; --count) {
      runtime.budget().charge_bytes(to.size());
      out += to;
      if (rest.empty()) break;
      const std::size_t before = rest.size();
      take_codepoint(rest);
      out += text.substr(text.size() - before, before - rest.size());
    }
    return out.append(rest);
  }
  while (count-- > 0) {
    const std::size_t at = text.find(from);
    if (at == std::string_view::npos) break;
    runtime.budget().charge_bytes(to.size());
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return out.append(text);
}

std::string repeat_text(Runtime& runtime, std::string_view text, Integer count) {
  std::string out;
  if (count <= 0) return out;
  constexpr Integer kMany = Integer{1} << 40;  // beyond every budget
  runtime.budget().charge_bytes(static_cast<std::uint64_t>(std::min(count, kMany)) * text.size());
  for (Integer i = 0; i < count; ++i) out += text;
  return out;
}

std::string join_texts(Runtime& runtime, std::string_view separator, const Value& items) {
  if (!is_iterable(items)) template_error("can only join an iterable");
  std::string out;
  Cursor cursor(runtime, items);
  std::size_t i = 0;
  for (Value item; cursor.next(item); ++i) {
    if (!item.is_string()) {
      template_error(fmt::format("sequence item {}: expected str instance, {} found", i, type_name(item)));
    }
    runtime.budget().charge_bytes(separator.size() + item.length);
    if (i > 0) out += separator;
    out += item.view_text();
  }
  return out;
}

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends) {
  std::vector<std::string_view> lines;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest;
    std::size_t content = 0;
    bool broken = false;
    while (!rest.empty() && !broken) {
      content = line.size() - rest.size();
      const char32_t c = take_codepoint(rest);
      broken = is_line_break(c);
      if (c == '\r' && rest.starts_with('\n')) rest.remove_prefix(1);
    }
    const std::size_t whole = line.size() - rest.size();
    lines.push_back(line.substr(0, keep_ends || !broken ? whole : content));
  }
  return lines;
}

}  // namespace rbee::engine::jinja
