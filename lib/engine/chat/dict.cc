#include "engine/chat/dict.h"

#include <cmath>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "engine/chat/limits.h"
#include "engine/chat/operators.h"

namespace rbee::engine::jinja {
namespace {

// Below this a search over the entries is as fast as the index.
constexpr std::size_t kIndexFrom = 16;

bool equal_items(Runtime& runtime, const Sequence& a, const Sequence& b) {
  if (a.items.size() != b.items.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!equal(runtime, a.items[i], b.items[i])) return false;
  }
  return true;
}

bool equal_dicts(Runtime& runtime, const Dict& a, const Dict& b) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const Dict::Entry& entry : a.entries) {
    const Value* other = find_item(runtime, b, entry.key);
    if (other == nullptr || !equal(runtime, entry.value, *other)) return false;
  }
  return true;
}

bool equal_ranges(const Range& a, const Range& b) {
  if (a.size() != b.size()) return false;
  if (a.size() == 0) return true;
  return a.start == b.start && (a.size() == 1 || a.step == b.step);
}

std::size_t hash_bytes(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

const Dict::Entry* find_entry(Runtime& runtime, const Dict& dict, const Value& key) {
  const std::size_t hash = hash_value(runtime, key);
  if (dict.index.empty()) {
    for (const Dict::Entry& entry : dict.entries) {
      if (equal(runtime, entry.key, key)) return &entry;
    }
    return nullptr;
  }
  const auto [begin, end] = dict.index.equal_range(hash);
  for (auto i = begin; i != end; ++i) {
    if (equal(runtime, dict.entries[i->second].key, key)) return &dict.entries[i->second];
  }
  return nullptr;
}

}  // namespace

bool equal(Runtime& runtime, const Value& a, const Value& b) {
  const Budget::Evaluation guard(runtime.budget());
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::kUndefined:
    case Kind::kNone:
      return true;
    case Kind::kString:
      runtime.budget().charge_scan(a.length);
      return a.view_text() == b.view_text();
    case Kind::kList:
    case Kind::kTuple:
      return a.sequence == b.sequence || equal_items(runtime, *a.sequence, *b.sequence);
    case Kind::kDict:
      return a.dict == b.dict || equal_dicts(runtime, *a.dict, *b.dict);
    case Kind::kRange:
      return equal_ranges(*a.range, *b.range);
    default:
      return same_object(a, b);
  }
}

std::size_t hash_value(Runtime& runtime, const Value& key) {
  const Budget::Evaluation guard(runtime.budget());
  switch (key.kind) {
    case Kind::kNone:
      return 1;
    case Kind::kBoolean:
    case Kind::kInteger:
      return std::hash<std::int64_t>{}(static_cast<std::int64_t>(key.as_integer()));
    case Kind::kFloat: {
      const double number = key.number;
      if (std::nearbyint(number) == number && std::fabs(number) < 9e18) {
        return std::hash<std::int64_t>{}(static_cast<std::int64_t>(number));
      }
      return std::hash<double>{}(number);
    }
    case Kind::kString:
      runtime.budget().charge_scan(key.length);
      return hash_bytes(key.view_text());
    case Kind::kTuple: {
      std::size_t hash = 7;
      for (const Value& item : key.sequence->items) hash = hash * 31 + hash_value(runtime, item);
      return hash;
    }
    case Kind::kList:
    case Kind::kDict:
    case Kind::kDictView:
      if (key.kind == Kind::kDictView && key.view->what == DictView::What::kValues) break;
      template_error(fmt::format("cannot use '{0}' as a dict key (unhashable type: '{0}')", type_name(key)));
    default:
      break;
  }
  return static_cast<std::size_t>(key.kind);
}

const Value* find_item(Runtime& runtime, const Dict& dict, const Value& key) {
  const Dict::Entry* entry = find_entry(runtime, dict, key);
  return entry != nullptr ? &entry->value : nullptr;
}

const Value* find_item(const Dict& dict, std::string_view key) {
  const auto matches = [key](const Dict::Entry& entry) {
    return entry.key.is_string() && entry.key.view_text() == key;
  };
  if (dict.index.empty()) {
    for (const Dict::Entry& entry : dict.entries) {
      if (matches(entry)) return &entry.value;
    }
    return nullptr;
  }
  const auto [begin, end] = dict.index.equal_range(hash_bytes(key));
  for (auto i = begin; i != end; ++i) {
    if (matches(dict.entries[i->second])) return &dict.entries[i->second].value;
  }
  return nullptr;
}

void set_item(Runtime& runtime, Dict& dict, const Value& key, const Value& value) {
  if (const Dict::Entry* entry = find_entry(runtime, dict, key)) {
    dict.entries[static_cast<std::size_t>(entry - dict.entries.data())].value = value;
    return;
  }
  if (dict.entries.size() >= kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  runtime.budget().charge_memory(sizeof(Dict::Entry));
  dict.entries.push_back({key, value});
  if (dict.entries.size() < kIndexFrom) return;
  for (std::size_t i = dict.index.empty() ? 0 : dict.entries.size() - 1; i < dict.entries.size(); ++i) {
    dict.index.emplace(hash_value(runtime, dict.entries[i].key), i);
  }
}

}  // namespace rbee::engine::jinja
