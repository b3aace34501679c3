// Filters that pick and map items, lazily as jinja2's generators do.

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/attributes.h"
#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

// jinja2's generators look at their arguments only when an item is asked for; nothing is done for an empty input.
using Step = std::function<bool(Value&)>;

Value map(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Runtime* rt = &runtime;
  if (!is_true(self)) return runtime.iterator("generator", [](Value&) { return false; });
  Arguments rest = arguments;
  Value path;
  if (rest.positional.empty() && rest.take_named("attribute", path)) {
    Value fallback = Value::none();
    rest.take_named("default", fallback);
    return runtime.iterator("generator",
                            [rt, rest, path, fallback, self, cursor = std::optional<Cursor>()](Value& item) mutable {
                              if (!rest.named.empty()) {
                                template_error("Unexpected keyword argument " + short_repr(rest.named[0].first));
                              }
                              if (!cursor) cursor.emplace(*rt, self);
                              if (!cursor->next(item)) return false;
                              item = get_path(*rt, item, path);
                              if (!fallback.is_none() && item.is_undefined()) item = fallback;
                              return true;
                            });
  }
  return runtime.iterator("generator", [rt, rest, self, cursor = std::optional<Cursor>()](Value& item) mutable {
    if (!cursor) {
      if (rest.positional.empty()) template_error("map requires a filter argument");
      cursor.emplace(*rt, self);
    }
    if (!cursor->next(item)) return false;
    Arguments own = rest;
    own.positional.erase(own.positional.begin());
    const Budget::Evaluation guard(rt->budget());
    item = require_filter(rest.positional[0]).function(*rt, item, own);
    return true;
  });
}

// select, reject, selectattr and rejectattr.
template <bool keep, bool by_attribute>
Value pick(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Runtime* rt = &runtime;
  if (!is_true(self)) return runtime.iterator("generator", [](Value&) { return false; });
  return runtime.iterator("generator", [rt, arguments, self, cursor = std::optional<Cursor>()](Value& item) mutable {
    constexpr std::size_t kTestAt = by_attribute ? 1 : 0;
    if (!cursor) {
      if (arguments.positional.size() < kTestAt) template_error("Missing parameter for attribute name");
      cursor.emplace(*rt, self);
    }
    while (cursor->next(item)) {
      const Budget::Evaluation guard(rt->budget());
      const Value subject = by_attribute ? get_path(*rt, item, arguments.positional[0]) : item;
      bool passed = is_true(subject);
      if (arguments.positional.size() > kTestAt) {
        Arguments own = arguments;
        own.positional.erase(own.positional.begin(), own.positional.begin() + kTestAt + 1);
        passed = is_true(require_test(arguments.positional[kTestAt]).function(*rt, subject, own));
      }
      if (passed == keep) return true;
    }
    return false;
  });
}

Value unique(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_unique", arguments, {"case_sensitive", "attribute"});
  const bool case_sensitive = given.get_bool(0, false);
  const Value path = given.get(1, Value::none());
  const Value seen = runtime.dict();
  Runtime* rt = &runtime;
  return runtime.iterator("generator",
                          [rt, case_sensitive, path, seen, cursor = Cursor(runtime, self)](Value& item) mutable {
                            while (cursor.next(item)) {
                              Value key = get_path(*rt, item, path);
                              if (!case_sensitive && key.is_string()) key = rt->text(to_lower(key.view_text()));
                              if (find_item(*rt, *seen.dict, key) != nullptr) continue;
                              set_item(*rt, *seen.dict, key, Value::none());
                              return true;
                            }
                            return false;
                          });
}

constexpr NativeSpec kFilters[] = {
    {"map", map},
    {"select", pick<true, false>},
    {"reject", pick<false, false>},
    {"selectattr", pick<true, true>},
    {"rejectattr", pick<false, true>},
    {"unique", unique},
    {},
};

}  // namespace

const NativeSpec* selection_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
