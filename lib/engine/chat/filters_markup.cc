// Filters about markup and URLs.

#include <array>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/python_text.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

Value escape(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("escape", arguments, {});
  if (self.is_string() && self.safe) return self;
  return runtime.text(escape_html(to_str(runtime, self)), true);
}

Value force_escape(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_forceescape", arguments, {});
  return runtime.text(escape_html(to_str(runtime, self)), true);
}

Value safe(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_mark_safe", arguments, {});
  return runtime.text(to_str(runtime, self), true);
}

// The named entities that escaping writes, and numbers.
void append_unescaped(std::string& out, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 7> kEntities = {{{"&amp;", '&'},
                                                                           {"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&#39;", '\''},
                                                                           {"&#34;", '"'},
                                                                           {"&quot;", '"'},
                                                                           {"&apos;", '\''}}};
  while (!text.empty()) {
    std::size_t taken = 1;
    char c = text.front();
    for (const auto& [entity, meaning] : kEntities) {
      if (!text.starts_with(entity)) continue;
      c = meaning;
      taken = entity.size();
    }
    out.push_back(c);
    text.remove_prefix(taken);
  }
}

// Without comments and tags, entities resolved, white space collapsed.
Value strip_tags(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_striptags", arguments, {});
  const std::string text = to_str(runtime, self);
  runtime.budget().charge_bytes(text.size());
  std::string plain;
  for (std::string_view rest = text; !rest.empty();) {
    const bool comment = rest.starts_with("<!--");
    const std::size_t end =
        comment ? rest.find("-->") : (rest.front() == '<' ? rest.find('>') : std::string_view::npos);
    if (end == std::string_view::npos) {
      plain.push_back(rest.front());
      rest.remove_prefix(1);
    } else {
      rest.remove_prefix(end + (comment ? 3 : 1));
    }
  }
  std::string collapsed;
  for (std::string_view rest = strip_left(plain); !rest.empty(); rest = strip_left(rest)) {
    if (!collapsed.empty()) collapsed.push_back(' ');
    while (!rest.empty()) {
      std::string_view next = rest;
      if (is_space(take_codepoint(next))) break;
      collapsed += rest.substr(0, rest.size() - next.size());
      rest = next;
    }
  }
  std::string out;
  append_unescaped(out, collapsed);
  return runtime.text(std::move(out));
}

std::string quote_url(std::string_view text, bool for_query) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '.' || c == '-' || c == '~' || (c == '/' && !for_query);
    if (plain) {
      out.push_back(c);
    } else if (c == ' ' && for_query) {
      out.push_back('+');
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

Value urlencode(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_urlencode", arguments, {});
  if (self.is_string() || !is_iterable(self)) return runtime.text(quote_url(to_str(runtime, self), false));
  const Value pairs = self.is(Kind::kDict) ? runtime.dict_view(self, DictView::What::kItems) : self;
  std::string out;
  Cursor cursor(runtime, pairs);
  for (Value pair; cursor.next(pair);) {
    const std::vector<Value> parts = collect(runtime, pair);
    if (parts.size() != 2) template_error("urlencode expects pairs");
    if (!out.empty()) out.push_back('&');
    out += quote_url(to_str(runtime, parts[0]), true) + "=" + quote_url(to_str(runtime, parts[1]), true);
    runtime.budget().charge_steps(1);
  }
  return runtime.text(std::move(out));
}

constexpr NativeSpec kFilters[] = {
    {"escape", escape},
    {"e", escape},
    {"forceescape", force_escape},
    {"safe", safe},
    {"striptags", strip_tags},
    {"urlencode", urlencode},
    {},
};

}  // namespace

const NativeSpec* markup_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
