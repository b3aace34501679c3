#include "engine/chat/attributes.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/dict.h"
#include "engine/chat/loop.h"
#include "engine/chat/macro.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

[[noreturn]] void not_allowed(std::string_view name) {
  template_error(fmt::format("template: attribute '{}' is not allowed", name));
}

// Methods that Python's strings have and templates get no access to.
bool is_refused_method(const Value& receiver, std::string_view name) {
  constexpr std::array<std::string_view, 4> kText = {"encode", "maketrans", "translate", "expandtabs"};
  if (receiver.is_string()) return std::find(kText.begin(), kText.end(), name) != kText.end();
  return receiver.is(Kind::kDict) && name == "fromkeys";
}

std::optional<Value> find_property(Runtime& runtime, const Value& object, std::string_view name) {
  switch (object.kind) {
    case Kind::kLoop:
      return object.loop->attribute(name);
    case Kind::kRange:
      if (name == "start") return Value::of(object.range->start);
      if (name == "stop") return Value::of(object.range->stop);
      if (name == "step") return Value::of(object.range->step);
      return std::nullopt;
    case Kind::kCycler:
      if (name == "current") return object.cycler->items[object.cycler->position];
      if (name == "pos") return Value::of(static_cast<Integer>(object.cycler->position));
      if (name == "items") return runtime.tuple(object.cycler->items);
      return std::nullopt;
    case Kind::kJoiner:
      if (name == "sep") return object.joiner->separator;
      if (name == "used") return Value::of(object.joiner->used);
      return std::nullopt;
    case Kind::kMacro:
      if (name == "name") return runtime.text(object.macro->name);
      if (name == "arguments") {
        std::vector<Value> names;
        for (const Signature::Parameter& one : object.macro->stmt->signature.parameters) names.push_back(one.text);
        return runtime.list(std::move(names));
      }
      return std::nullopt;
    case Kind::kTuple:
      if (object.sequence->is_group && name == "grouper") return object.sequence->items[0];
      if (object.sequence->is_group && name == "list") return object.sequence->items[1];
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// A method or property; undefined with a reason for those that the sandbox forbids; nullopt when there is none.
std::optional<Value> find_attribute(Runtime& runtime, const Value& object, std::string_view name) {
  if (const NativeSpec* spec = find_method(object, name)) return runtime.method(object, *spec);
  if (is_mutating_method(object, name)) {
    return runtime.undefined_because(
        fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, type_name(object)));
  }
  if (is_refused_method(object, name)) not_allowed(name);
  return find_property(runtime, object, name);
}

std::optional<Value> find_sequence_item(Runtime& runtime, const Value& object, Integer index) {
  if (object.is_string()) {
    const std::string_view text = object.view_text();
    runtime.budget().charge_scan(text.size());
    const Integer length = static_cast<Integer>(text_length(object));
    if (index < 0) index += length;
    if (index < 0 || index >= length) return std::nullopt;
    const std::size_t begin = byte_offset(text, static_cast<std::size_t>(index));
    std::string_view rest = text.substr(begin);
    take_codepoint(rest);
    return runtime.text(std::string(text.substr(begin, text.size() - begin - rest.size())), object.safe);
  }
  const Integer length = static_cast<Integer>(get_length(object));
  if (index < 0) index += length;
  if (index < 0 || index >= length) return std::nullopt;
  if (object.is(Kind::kRange)) return Value::of(object.range->at(index));
  return object.sequence->items[static_cast<std::size_t>(index)];
}

// object[key] where Python raises no error.
std::optional<Value> find_subscript(Runtime& runtime, const Value& object, const Value& key) {
  switch (object.kind) {
    case Kind::kString:
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kRange:
      if (!key.is_integral()) return std::nullopt;
      return find_sequence_item(runtime, object, key.as_integer());
    case Kind::kDict: {
      if (key.is(Kind::kList) || key.is(Kind::kDict)) return std::nullopt;
      const Value* item = find_item(runtime, *object.dict, key);
      return item != nullptr ? std::optional<Value>(*item) : std::nullopt;
    }
    case Kind::kUndefined:
      undefined_error(object);
    default:
      return std::nullopt;
  }
}

// The bounds that Python's slice.indices gives for a length.
struct SliceBounds {
  Integer start = 0, step = 1;
  Integer count = 0;
};

Integer clamp_bound(const Value& bound, Integer fallback, Integer length, Integer low, Integer high) {
  if (bound.is_none()) return fallback;
  Integer value = bound.as_integer();
  if (value < 0) value = value < -length ? low : std::max(value + length, low);
  return std::min(value, high);
}

SliceBounds resolve_slice(const Value& start, const Value& stop, const Value& step, Integer length) {
  for (const Value* bound : {&start, &stop, &step}) {
    if (!bound->is_none() && !bound->is_integral()) {
      template_error("slice indices must be integers or None or have an __index__ method");
    }
  }
  SliceBounds bounds;
  if (!step.is_none()) bounds.step = step.as_integer();
  if (bounds.step == 0) template_error("slice step cannot be zero");
  constexpr Integer kStepMax = Integer{1} << 62;  // larger ones take the same items
  bounds.step = std::clamp(bounds.step, -kStepMax, kStepMax);
  const bool backward = bounds.step < 0;
  const Integer low = backward ? -1 : 0, high = backward ? length - 1 : length;
  bounds.start = clamp_bound(start, backward ? high : low, length, low, high);
  const Integer end = clamp_bound(stop, backward ? low : high, length, low, high);
  if (!backward && bounds.start < end) bounds.count = (end - bounds.start - 1) / bounds.step + 1;
  if (backward && end < bounds.start) bounds.count = (bounds.start - end - 1) / -bounds.step + 1;
  return bounds;
}

Value slice_text(Runtime& runtime, const Value& object, const SliceBounds& bounds) {
  const std::string_view text = object.view_text();
  runtime.budget().charge_scan(text.size());
  std::string out;
  if (bounds.step == 1) {
    const std::size_t begin = byte_offset(text, static_cast<std::size_t>(bounds.start));
    out = text.substr(begin, byte_offset(text.substr(begin), static_cast<std::size_t>(bounds.count)));
    return runtime.text(std::move(out), object.safe);
  }
  std::vector<std::size_t> offsets;  // where every code point starts, and the end
  runtime.budget().charge_bytes(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(i);
  }
  offsets.push_back(text.size());
  for (Integer i = 0; i < bounds.count; ++i) {
    const std::size_t at = static_cast<std::size_t>(bounds.start + i * bounds.step);
    out += text.substr(offsets[at], offsets[at + 1] - offsets[at]);
  }
  return runtime.text(std::move(out), object.safe);
}

}  // namespace

Value get_attribute(Runtime& runtime, const Value& object, const Value& name) {
  const std::string_view text = name.view_text();
  if (object.is(Kind::kNamespace)) {
    if (const Value* item = find_item(*object.dict, text)) return *item;
  }
  if (!text.starts_with("__")) {
    if (object.is_undefined()) undefined_error(object);
    if (const auto found = find_attribute(runtime, object, text)) return *found;
  }
  if (object.is(Kind::kDict)) {
    if (const Value* item = find_item(*object.dict, text)) return *item;
  }
  if (text.starts_with("__")) not_allowed(text);
  return runtime.undefined_member(object, name);
}

Value get_item(Runtime& runtime, const Value& object, const Value& key) {
  if (const auto found = find_subscript(runtime, object, key)) return *found;
  if (key.is_string()) {
    const std::string_view name = key.view_text();
    if (object.is(Kind::kNamespace)) {
      if (const Value* item = find_item(*object.dict, name)) return *item;
    }
    if (name.starts_with("__")) not_allowed(name);
    if (const auto found = find_attribute(runtime, object, name)) return *found;
  }
  return runtime.undefined_member(object, key);
}

Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop, const Value& step) {
  if (object.is_undefined()) undefined_error(object);
  if (object.is(Kind::kDict)) {
    template_error(
        fmt::format("slice({}, {}, {})", short_repr(start), short_repr(stop), short_repr(step)));  // a KeyError
  }
  if (!object.is_string() && !object.is_sequence() && !object.is(Kind::kRange)) {
    template_error(fmt::format("'{}' object is not subscriptable", type_name(object)));
  }
  if (object.is_string()) runtime.budget().charge_scan(object.length);
  const SliceBounds bounds = resolve_slice(start, stop, step, static_cast<Integer>(get_length(object)));
  if (object.is_string()) return slice_text(runtime, object, bounds);
  if (object.is(Kind::kRange)) {
    const Range& range = *object.range;
    const Integer first = range.at(bounds.start), stride = range.step * bounds.step;
    return runtime.range(first, first + bounds.count * stride, stride);
  }
  std::vector<Value> items;
  items.reserve(static_cast<std::size_t>(bounds.count));
  for (Integer i = 0; i < bounds.count; ++i) {
    items.push_back(object.sequence->items[static_cast<std::size_t>(bounds.start + i * bounds.step)]);
  }
  return object.is(Kind::kList) ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

Value get_path(Runtime& runtime, const Value& object, const Value& path) {
  if (path.is_none()) return object;
  if (!path.is_string()) return get_item(runtime, object, path);
  Value value = object;
  std::string_view rest = path.view_text();
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    Integer index = 0;
    const bool is_index = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos &&
                          parse_integer(part, 10, index);
    value = get_item(runtime, value, is_index ? Value::of(index) : runtime.text(part));
    if (dot == std::string_view::npos) return value;
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace rbee::engine::jinja
