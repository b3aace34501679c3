#include "engine/chat/runtime.h"

#include <fmt/format.h>

#include "base/error.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

template <typename T>
T& Runtime::allocate(std::deque<T>& pool, std::uint64_t more_bytes) {
  budget_.charge_memory(sizeof(T) + more_bytes);
  return pool.emplace_back();
}

Value Runtime::text(std::string bytes) {
  budget_.charge_bytes(bytes.size());
  Text& text = allocate(texts_, bytes.size());
  text.bytes = std::move(bytes);
  Value value;
  value.kind = Kind::kString;
  value.text = &text;
  value.length = text.bytes.size();
  return value;
}

Value Runtime::text(std::string bytes, bool safe) {
  Value value = text(std::move(bytes));
  value.safe = safe;
  return value;
}

Value Runtime::append(const Value& left, std::string_view right) {
  budget_.charge_bytes(right.size());
  Text& text = *left.text;
  Value value = left;
  if (!text.frozen && text.bytes.size() == left.length) {
    budget_.charge_memory(right.size());
    text.bytes.append(right);
  } else {
    budget_.charge_bytes(left.length);
    Text& copy = allocate(texts_, left.length + right.size());
    copy.bytes.reserve(left.length + right.size());
    copy.bytes.append(left.view_text()).append(right);
    value.text = &copy;
  }
  value.length = left.length + right.size();
  return value;
}

Value Runtime::sequence(Kind kind, std::vector<Value> items) {
  if (items.size() > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  budget_.charge_steps(items.size());
  Sequence& sequence = allocate(sequences_, items.size() * sizeof(Value));
  sequence.items = std::move(items);
  Value value;
  value.kind = kind;
  value.sequence = &sequence;
  return value;
}

Value Runtime::group(const Value& grouper, const Value& members) {
  const Value pair = tuple({grouper, members});
  pair.sequence->is_group = true;
  return pair;
}

Value Runtime::dict(Kind kind) {
  Value value;
  value.kind = kind;
  value.dict = &allocate(dicts_);
  return value;
}

Value Runtime::range(Integer start, Integer stop, Integer step) {
  Value value;
  value.kind = Kind::kRange;
  value.range = &allocate(ranges_);
  *value.range = {start, stop, step};
  return value;
}

Value Runtime::dict_view(const Value& dict, DictView::What what) {
  Value value;
  value.kind = Kind::kDictView;
  value.view = &allocate(views_);
  *value.view = {dict.dict, what};
  return value;
}

Value Runtime::iterator(std::string_view type_name, std::function<bool(Value&)> next) {
  Value value;
  value.kind = Kind::kIterator;
  value.iterator = &allocate(iterators_);
  value.iterator->type_name = type_name;
  value.iterator->next = std::move(next);
  return value;
}

Value Runtime::method(const Value& receiver, const NativeSpec& spec) {
  Value value;
  value.kind = Kind::kMethod;
  value.method = &allocate(methods_);
  *value.method = {receiver, &spec};
  return value;
}

Value Runtime::cycler(std::vector<Value> items) {
  Value value;
  value.kind = Kind::kCycler;
  value.cycler = &allocate(cyclers_, items.size() * sizeof(Value));
  value.cycler->items = std::move(items);
  return value;
}

Value Runtime::joiner(const Value& separator) {
  Value value;
  value.kind = Kind::kJoiner;
  value.joiner = &allocate(joiners_);
  value.joiner->separator = separator;
  return value;
}

Value Runtime::undefined(UndefinedInfo info) {
  UndefinedInfo& kept = allocate(undefined_, info.hint.size());
  kept = std::move(info);
  Value value;
  value.kind = Kind::kUndefined;
  value.undefined = &kept;
  return value;
}

Value Runtime::undefined_variable(std::string_view name) {
  UndefinedInfo info;
  info.name = text(name);
  return undefined(std::move(info));
}

Value Runtime::undefined_member(const Value& object, const Value& name) {
  UndefinedInfo info;
  info.has_object = true;
  info.object = object;
  info.name = name;
  return undefined(std::move(info));
}

Value Runtime::undefined_because(std::string hint) {
  UndefinedInfo info;
  info.hint = std::move(hint);
  return undefined(std::move(info));
}

void template_error(const std::string& message) {
  throw Error(ErrorKind::kBadRequest, message);
}

void undefined_error(const Value& value) {
  const UndefinedInfo& info = *value.undefined;
  if (!info.hint.empty()) template_error(info.hint);
  if (!info.has_object) template_error(repr_text(info.name.view_text()) + " is undefined");
  if (!info.name.is_string()) {
    template_error(fmt::format("{} has no element {}", type_description(info.object), short_repr(info.name)));
  }
  template_error(fmt::format("{} has no attribute {}", repr_text(type_description(info.object)),
                             repr_text(info.name.view_text())));
}

}  // namespace rbee::engine::jinja
