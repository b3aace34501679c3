#include "engine/chat/loop.h"

#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "engine/chat/limits.h"
#include "engine/chat/operators.h"

namespace rbee::engine::jinja {

bool Loop::advance(Value& item) {
  if (after) {
    item = *after;
    after.reset();
  } else if (!pull(item)) {
    return false;
  }
  ++index0;
  before = current;
  has_before = index0 > 0;
  current = item;
  return true;
}

const Value* Loop::peek() {
  if (!after) {
    Value item;
    if (!pull(item)) return nullptr;
    after = item;
  }
  return &*after;
}

Integer Loop::length() {
  if (known_length) return *known_length;
  if (!filtered) {
    if (const auto length = find_length(source)) {
      known_length = static_cast<Integer>(*length);
      return *known_length;
    }
  }
  auto rest = std::make_shared<std::vector<Value>>();  // shared with the closure that replaces `pull`
  for (Value item; pull(item);) {
    if (rest->size() >= kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
    runtime->budget().charge_memory(sizeof(Value));
    rest->push_back(item);
  }
  known_length = static_cast<Integer>(rest->size()) + index0 + 1 + (after ? 1 : 0);
  pull = [rest, position = std::size_t{0}](Value& item) mutable {
    if (position >= rest->size()) return false;
    item = (*rest)[position++];
    return true;
  };
  return *known_length;
}

std::optional<Value> Loop::attribute(std::string_view name) {
  if (name == "index") return Value::of(index0 + 1);
  if (name == "index0") return Value::of(index0);
  if (name == "first") return Value::of(index0 == 0);
  if (name == "last") return Value::of(peek() == nullptr);
  if (name == "length") return Value::of(length());
  if (name == "revindex") return Value::of(length() - index0);
  if (name == "revindex0") return Value::of(length() - index0 - 1);
  if (name == "depth") return Value::of(depth0 + 1);
  if (name == "depth0") return Value::of(depth0);
  if (name == "previtem") return has_before ? before : runtime->undefined_because("there is no previous item");
  if (name == "nextitem") {
    const Value* next = peek();
    return next != nullptr ? *next : runtime->undefined_because("there is no next item");
  }
  return std::nullopt;
}

}  // namespace rbee::engine::jinja
