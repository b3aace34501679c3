// Filters that compare items: sort, min, max, groupby, dictsort.

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/attributes.h"
#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/operators.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

Value fold_case(Runtime& runtime, const Value& value, bool case_sensitive) {
  if (case_sensitive || !value.is_string()) return value;
  return runtime.text(to_lower(value.view_text()));
}

struct Keyed {
  Value key;
  Value item;
};

// Stable; reverse keeps the order of equal items, as Python's sorted does.
void sort_by_key(Runtime& runtime, std::vector<Keyed>& items, bool reverse) {
  std::stable_sort(items.begin(), items.end(), [&runtime, reverse](const Keyed& a, const Keyed& b) {
    return reverse ? less(runtime, b.key, a.key) : less(runtime, a.key, b.key);
  });
}

std::vector<Value> items_of(const std::vector<Keyed>& keyed) {
  std::vector<Value> items;
  items.reserve(keyed.size());
  for (const Keyed& one : keyed) items.push_back(one.item);
  return items;
}

Value sort(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_sort", arguments, {"reverse", "case_sensitive", "attribute"});
  const bool case_sensitive = given.get_bool(1, false);
  // Several paths may be given, "age,name": the key is the list of them all.
  std::vector<Value> paths;
  const Value attribute = given.get(2, Value::none());
  if (attribute.is_string()) {
    std::string_view rest = attribute.view_text();
    for (std::size_t comma = rest.find(','); comma != std::string_view::npos; comma = rest.find(',')) {
      paths.push_back(runtime.text(rest.substr(0, comma)));
      rest.remove_prefix(comma + 1);
    }
    paths.push_back(runtime.text(rest));
  } else {
    paths.push_back(attribute);
  }
  std::vector<Keyed> keyed;
  for (const Value& item : collect(runtime, self)) {
    std::vector<Value> keys;
    for (const Value& path : paths) keys.push_back(fold_case(runtime, get_path(runtime, item, path), case_sensitive));
    keyed.push_back({runtime.list(std::move(keys)), item});
  }
  sort_by_key(runtime, keyed, given.get_bool(0, false));
  return runtime.list(items_of(keyed));
}

template <bool largest>
Value extreme(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given(largest ? "do_max" : "do_min", arguments, {"case_sensitive", "attribute"});
  const bool case_sensitive = given.get_bool(0, false);
  const Value path = given.get(1, Value::none());
  Cursor cursor(runtime, self);
  Value best;
  if (!cursor.next(best)) return runtime.undefined_because("No aggregated item, sequence was empty.");
  Value best_key = fold_case(runtime, get_path(runtime, best, path), case_sensitive);
  for (Value item; cursor.next(item);) {
    const Value key = fold_case(runtime, get_path(runtime, item, path), case_sensitive);
    if (!compare(runtime, largest ? Operation::kGreater : Operation::kLess, key, best_key)) continue;
    best = item;
    best_key = key;
  }
  return best;
}

Value group_by(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_groupby", arguments, {"attribute", "default", "case_sensitive"}, 1);
  const Value fallback = given.get(1, Value::none());
  const bool case_sensitive = given.get_bool(2, false);
  const auto lookup = [&](const Value& item) {
    const Value found = get_path(runtime, item, given[0]);
    return found.is_undefined() && !fallback.is_none() ? fallback : found;
  };
  std::vector<Keyed> keyed;
  for (const Value& item : collect(runtime, self)) {
    keyed.push_back({fold_case(runtime, lookup(item), case_sensitive), item});
  }
  sort_by_key(runtime, keyed, false);
  std::vector<Value> groups;
  for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
    std::vector<Value> members;
    for (end = begin; end < keyed.size() && equal(runtime, keyed[end].key, keyed[begin].key); ++end) {
      members.push_back(keyed[end].item);
    }
    if (members.empty()) break;  // a NaN equals nothing
    const Value grouper = case_sensitive ? keyed[begin].key : lookup(members[0]);
    groups.push_back(runtime.group(grouper, runtime.list(std::move(members))));
  }
  return runtime.list(std::move(groups));
}

Value dict_sort(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_dictsort", arguments, {"case_sensitive", "by", "reverse"});
  const bool case_sensitive = given.get_bool(0, false);
  const std::string_view by = given.has(1) && given[1].is_string() ? given[1].view_text() : "key";
  if (by != "key" && by != "value") template_error("You can only sort by either \"key\" or \"value\"");
  if (self.is_undefined()) undefined_error(self);
  if (!self.is(Kind::kDict)) template_error(fmt::format("'{}' object has no attribute 'items'", type_name(self)));
  std::vector<Keyed> keyed;
  for (const Dict::Entry& entry : self.dict->entries) {
    const Value key = fold_case(runtime, by == "key" ? entry.key : entry.value, case_sensitive);
    keyed.push_back({key, runtime.tuple({entry.key, entry.value})});
  }
  sort_by_key(runtime, keyed, given.get_bool(2, false));
  return runtime.list(items_of(keyed));
}

constexpr NativeSpec kFilters[] = {
    {"sort", sort}, {"min", extreme<false>}, {"max", extreme<true>}, {"groupby", group_by}, {"dictsort", dict_sort}, {},
};

}  // namespace

const NativeSpec* ordering_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
