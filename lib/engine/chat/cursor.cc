#include "engine/chat/cursor.h"

#include <fmt/format.h>

#include "engine/chat/limits.h"
#include "engine/chat/loop.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {

bool is_iterable(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
    case Kind::kString:
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
    case Kind::kRange:
    case Kind::kDictView:
    case Kind::kIterator:
    case Kind::kLoop:
      return true;
    default:
      return false;
  }
}

Cursor::Cursor(Runtime& runtime, const Value& source) : runtime_(&runtime), source_(source) {
  if (!is_iterable(source)) template_error(fmt::format("'{}' object is not iterable", type_name(source)));
}

Value Cursor::entry(const Dict& dict, DictView::What what) {
  const Dict::Entry& entry = dict.entries[position_++];
  if (what == DictView::What::kKeys) return entry.key;
  if (what == DictView::What::kValues) return entry.value;
  return runtime_->tuple({entry.key, entry.value});
}

bool Cursor::next(Value& item) {
  runtime_->budget().charge_steps(1);
  switch (source_.kind) {
    case Kind::kString: {
      std::string_view rest = source_.view_text().substr(position_);
      if (rest.empty()) return false;
      const std::size_t before = rest.size();
      take_codepoint(rest);
      const std::size_t bytes = before - rest.size();
      item = runtime_->text(source_.view_text().substr(position_, bytes));
      position_ += bytes;
      return true;
    }
    case Kind::kList:
    case Kind::kTuple:
      if (position_ >= source_.sequence->items.size()) return false;
      item = source_.sequence->items[position_++];
      return true;
    case Kind::kDict:
      if (position_ >= source_.dict->entries.size()) return false;
      item = entry(*source_.dict, DictView::What::kKeys);
      return true;
    case Kind::kDictView:
      if (position_ >= source_.view->dict->entries.size()) return false;
      item = entry(*source_.view->dict, source_.view->what);
      return true;
    case Kind::kRange:
      if (static_cast<Integer>(position_) >= source_.range->size()) return false;
      item = Value::of(source_.range->at(static_cast<Integer>(position_++)));
      return true;
    case Kind::kIterator: {
      const Budget::Evaluation guard(runtime_->budget());  // iterators may stand on each other
      return source_.iterator->next(item);
    }
    case Kind::kLoop: {
      const Budget::Evaluation guard(runtime_->budget());
      Value one;
      if (!source_.loop->advance(one)) return false;
      item = runtime_->tuple({one, source_});
      return true;
    }
    default:
      return false;  // undefined: empty
  }
}

std::vector<Value> collect(Runtime& runtime, const Value& source) {
  if (source.is_sequence()) {
    runtime.budget().charge_steps(source.sequence->items.size());
    return source.sequence->items;
  }
  std::vector<Value> items;
  Cursor cursor(runtime, source);
  for (Value item; cursor.next(item);) {
    if (items.size() >= kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
    runtime.budget().charge_memory(sizeof(Value));
    items.push_back(item);
  }
  return items;
}

}  // namespace rbee::engine::jinja
