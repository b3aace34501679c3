// The methods of str that return lists and tuples.

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/limits.h"
#include "engine/chat/string_search.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

using Parts = std::vector<std::string_view>;

Value to_list(Runtime& runtime, const Value& self, const Parts& parts) {
  if (parts.size() > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const std::string_view part : parts) items.push_back(runtime.text(std::string(part), self.safe));
  return runtime.list(std::move(items));
}

Parts split_at_spaces(std::string_view text, std::int64_t splits) {
  Parts parts;
  for (text = strip_left(text); !text.empty(); text = strip_left(text)) {
    if (splits-- == 0) {
      parts.push_back(strip_right(text));
      break;
    }
    std::string_view rest = text;
    std::size_t word = 0;
    while (!rest.empty() && !is_space(take_codepoint(rest))) word = text.size() - rest.size();
    parts.push_back(text.substr(0, word));
    text.remove_prefix(word);
  }
  return parts;
}

Parts split_at_spaces_from_right(std::string_view text, std::int64_t splits) {
  Parts parts;
  for (text = strip_right(text); !text.empty(); text = strip_right(text)) {
    if (splits-- == 0) {
      parts.push_back(strip_left(text));
      break;
    }
    std::size_t begin = text.size();
    while (begin > 0) {
      const std::string_view last = last_codepoint(text.substr(0, begin));
      std::string_view one = last;
      if (is_space(take_codepoint(one))) break;
      begin -= last.size();
    }
    parts.push_back(text.substr(begin));
    text = text.substr(0, begin);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

Parts split_at(std::string_view text, std::string_view separator, std::int64_t splits) {
  Parts parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos && splits-- != 0;
       at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

Parts split_at_from_right(std::string_view text, std::string_view separator, std::int64_t splits) {
  Parts parts;
  for (std::size_t at = text.rfind(separator); at != std::string_view::npos && splits-- != 0;
       at = text.rfind(separator)) {
    parts.push_back(text.substr(at + separator.size()));
    text = text.substr(0, at);
  }
  parts.push_back(text);
  std::reverse(parts.begin(), parts.end());
  return parts;
}

template <bool from_right>
Value split(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given(from_right ? "rsplit" : "split", arguments, {"sep", "maxsplit"});
  runtime.budget().charge_bytes(self.length);
  const std::string_view text = self.view_text();
  const std::int64_t splits = given.has(1) ? to_small_index(given[1]) : -1;
  if (!given.has(0) || given[0].is_none()) {
    return to_list(runtime, self,
                   from_right ? split_at_spaces_from_right(text, splits) : split_at_spaces(text, splits));
  }
  if (!given[0].is_string()) {
    template_error(fmt::format("must be str or None, not {}", type_name(given[0])));
  }
  const std::string_view separator = given[0].view_text();
  if (separator.empty()) template_error("empty separator");
  return to_list(runtime, self,
                 from_right ? split_at_from_right(text, separator, splits) : split_at(text, separator, splits));
}

Value splitlines(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("splitlines", arguments, {"keepends"});
  runtime.budget().charge_bytes(self.length);
  return to_list(runtime, self, split_lines(self.view_text(), given.get_bool(0, false)));
}

template <bool from_right>
Value partition(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given(from_right ? "rpartition" : "partition", arguments, {"sep"}, 1);
  if (!given[0].is_string()) template_error(fmt::format("must be str, not {}", type_name(given[0])));
  runtime.budget().charge_scan(self.length);
  const std::string_view text = self.view_text(), separator = given[0].view_text();
  if (separator.empty()) template_error("empty separator");
  const std::size_t at = from_right ? text.rfind(separator) : text.find(separator);
  std::string_view before = text, middle, after;
  if (at != std::string_view::npos) {
    before = text.substr(0, at);
    middle = separator;
    after = text.substr(at + separator.size());
  } else if (from_right) {
    std::swap(before, after);
  }
  const Value parts[] = {runtime.text(std::string(before), self.safe), runtime.text(std::string(middle), self.safe),
                         runtime.text(std::string(after), self.safe)};
  return runtime.tuple({parts[0], parts[1], parts[2]});
}

constexpr NativeSpec kMethods[] = {
    {"split", split<false>},         {"rsplit", split<true>},         {"splitlines", splitlines},
    {"partition", partition<false>}, {"rpartition", partition<true>}, {},
};

}  // namespace

const NativeSpec* string_split_methods() {
  return kMethods;
}

}  // namespace rbee::engine::jinja
