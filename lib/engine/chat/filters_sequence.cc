// Filters that take sequences apart and put them together.

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/limits.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

Value length(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("len", arguments, {});
  if (self.is_string()) runtime.budget().charge_scan(self.length);
  return Value::of(static_cast<Integer>(get_length(self)));
}

Value default_value(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_default", arguments, {"default_value", "boolean"});
  const bool missing = self.is_undefined() || (given.get_bool(1, false) && !is_true(self));
  if (!missing) return self;
  return given.has(0) ? given[0] : runtime.text("");
}

Value first(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_first", arguments, {});
  Cursor cursor(runtime, self);
  Value item;
  return cursor.next(item) ? item : runtime.undefined_because("No first item, sequence was empty.");
}

std::vector<Value> reversed(Runtime& runtime, const Value& self) {
  std::vector<Value> items = collect(runtime, self);
  std::reverse(items.begin(), items.end());
  return items;
}

bool is_reversible(const Value& value) {
  return value.is_sequence() || value.is_string() || value.is(Kind::kDict) || value.is(Kind::kRange) ||
         value.is(Kind::kDictView);
}

Value last(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_last", arguments, {});
  if (!is_reversible(self)) template_error(fmt::format("'{}' object is not reversible", type_name(self)));
  if (self.is_sequence()) {
    const std::vector<Value>& items = self.sequence->items;
    return items.empty() ? runtime.undefined_because("No last item, sequence was empty.") : items.back();
  }
  const std::vector<Value> items = reversed(runtime, self);
  return items.empty() ? runtime.undefined_because("No last item, sequence was empty.") : items.front();
}

// An iterator over items that are there already.
Value over(Runtime& runtime, std::string_view type, std::vector<Value> items) {
  const Value list = runtime.list(std::move(items));
  return runtime.iterator(type, [list, position = std::size_t{0}](Value& item) mutable {
    if (position >= list.sequence->items.size()) return false;
    item = list.sequence->items[position++];
    return true;
  });
}

Value reverse(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_reverse", arguments, {});
  if (self.is_string()) {
    runtime.budget().charge_scan(self.length);
    std::string out;
    for (std::string_view rest = self.view_text(); !rest.empty();) {
      const std::string_view one = last_codepoint(rest);
      out += one;
      rest.remove_suffix(one.size());
    }
    return runtime.text(std::move(out), self.safe);
  }
  if (!is_iterable(self)) template_error("argument must be iterable");
  if (!is_reversible(self)) return runtime.list(reversed(runtime, self));
  return over(runtime, "list_reverseiterator", reversed(runtime, self));
}

Value list(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_list", arguments, {});
  return runtime.list(collect(runtime, self));
}

Value items(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_items", arguments, {});
  if (!self.is_undefined() && !self.is(Kind::kDict)) template_error("Can only get item pairs from a mapping.");
  const Value pairs = self.is_undefined() ? self : runtime.dict_view(self, DictView::What::kItems);
  return runtime.iterator("generator",
                          [cursor = Cursor(runtime, pairs)](Value& item) mutable { return cursor.next(item); });
}

Value batch(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_batch", arguments, {"linecount", "fill_with"}, 1);
  const std::int64_t size = to_small_index(given[0]);
  const Value fill = given.get(1, Value::none());
  Cursor cursor(runtime, self);
  std::vector<Value> rows, row;
  const auto finish = [&] {
    rows.push_back(runtime.list(std::move(row)));
    row.clear();
  };
  for (Value item; cursor.next(item);) {
    if (!row.empty() && static_cast<std::int64_t>(row.size()) == size) finish();
    row.push_back(item);
    if (rows.size() + row.size() > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  }
  if (!row.empty()) {
    while (!fill.is_none() && static_cast<std::int64_t>(row.size()) < size) {
      if (row.size() > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
      row.push_back(fill);
    }
    finish();
  }
  return over(runtime, "generator", std::move(rows));
}

Value slice(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_slice", arguments, {"slices", "fill_with"}, 1);
  const std::vector<Value> all = collect(runtime, self);
  const std::int64_t slices = to_small_index(given[0]);
  const Value fill = given.get(1, Value::none());
  if (slices == 0) template_error("division by zero");
  if (slices > static_cast<std::int64_t>(kItemsMax))
    template_error(fmt::format("template exceeded {} items", kItemsMax));
  std::vector<Value> parts;
  std::size_t at = 0;
  for (std::int64_t i = 0; i < slices; ++i) {
    const std::size_t count = static_cast<std::size_t>(slices);
    const bool extra = static_cast<std::size_t>(i) < all.size() % count;
    const std::size_t end = at + all.size() / count + (extra ? 1 : 0);
    std::vector<Value> part(all.begin() + static_cast<std::ptrdiff_t>(at),
                            all.begin() + static_cast<std::ptrdiff_t>(end));
    if (!fill.is_none() && !extra) part.push_back(fill);
    parts.push_back(runtime.list(std::move(part)));
    at = end;
  }
  return over(runtime, "generator", std::move(parts));
}

constexpr NativeSpec kFilters[] = {
    {"length", length}, {"count", length}, {"default", default_value}, {"d", default_value},
    {"first", first},   {"last", last},    {"reverse", reverse},       {"list", list},
    {"items", items},   {"batch", batch},  {"slice", slice},           {},
};

}  // namespace

const NativeSpec* sequence_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
