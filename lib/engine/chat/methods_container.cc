// The methods of lists, tuples, dicts, loops and cyclers.

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/dict.h"
#include "engine/chat/loop.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

Value list_index(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("index", arguments, {"value", "start", "stop"}, 1);
  const std::vector<Value>& items = self.sequence->items;
  const std::int64_t size = static_cast<std::int64_t>(items.size());
  const auto bound = [&](std::size_t i, std::int64_t fallback) {
    const std::int64_t at = given.has(i) ? to_small_index(given[i]) : fallback;
    return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
  };
  for (std::int64_t i = bound(1, 0), end = bound(2, size); i < end; ++i) {
    if (equal(runtime, items[static_cast<std::size_t>(i)], given[0])) return Value::of(static_cast<Integer>(i));
  }
  if (self.is(Kind::kTuple)) template_error("tuple.index(x): x not in tuple");
  template_error("list.index(x): x not in list");
}

Value list_count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("count", arguments, {"value"}, 1);
  Integer count = 0;
  for (const Value& item : self.sequence->items) count += equal(runtime, item, given[0]) ? 1 : 0;
  return Value::of(count);
}

Value list_copy(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("copy", arguments, {});
  return runtime.list(self.sequence->items);
}

Value dict_get(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("get", arguments, {"key", "default"}, 1);
  const Value* found = find_item(runtime, *self.dict, given[0]);
  return found != nullptr ? *found : given.get(1, Value::none());
}

template <DictView::What what>
Value dict_view(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("dict method", arguments, {});
  return runtime.dict_view(self, what);
}

Value dict_copy(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("copy", arguments, {});
  const Value copy = runtime.dict();
  for (const Dict::Entry& entry : self.dict->entries) set_item(runtime, *copy.dict, entry.key, entry.value);
  return copy;
}

Value loop_cycle(Runtime&, const Value& self, const Arguments& arguments) {
  if (arguments.positional.empty()) template_error("no items for cycling given");
  const Integer size = static_cast<Integer>(arguments.positional.size());
  return arguments.positional[static_cast<std::size_t>(self.loop->index0 % size)];
}

Value loop_changed(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Value now = runtime.tuple(arguments.positional);
  std::optional<Value>& last = self.loop->last_changed;
  if (last && equal(runtime, *last, now)) return Value::of(false);
  last = now;
  return Value::of(true);
}

Value cycler_next(Runtime&, const Value& self, const Arguments& arguments) {
  Parameters("next", arguments, {});
  Cycler& cycler = *self.cycler;
  const Value item = cycler.items[cycler.position];
  cycler.position = (cycler.position + 1) % cycler.items.size();
  return item;
}

Value cycler_reset(Runtime&, const Value& self, const Arguments& arguments) {
  Parameters("reset", arguments, {});
  self.cycler->position = 0;
  return Value::none();
}

constexpr NativeSpec kList[] = {{"index", list_index}, {"count", list_count}, {"copy", list_copy}, {}};
constexpr NativeSpec kDict[] = {
    {"get", dict_get},
    {"items", dict_view<DictView::What::kItems>},
    {"keys", dict_view<DictView::What::kKeys>},
    {"values", dict_view<DictView::What::kValues>},
    {"copy", dict_copy},
    {},
};
constexpr NativeSpec kLoop[] = {{"cycle", loop_cycle}, {"changed", loop_changed}, {}};
constexpr NativeSpec kCycler[] = {{"next", cycler_next}, {"reset", cycler_reset}, {}};

}  // namespace

const NativeSpec* list_methods() {
  return kList;
}
const NativeSpec* dict_methods() {
  return kDict;
}
const NativeSpec* loop_methods() {
  return kLoop;
}
const NativeSpec* cycler_methods() {
  return kCycler;
}

}  // namespace rbee::engine::jinja
