#pragma once
// Python's iteration over a value.

#include <cstddef>
#include <vector>

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// Yields the items of a list, the keys of a dict, the characters of a string, and so on.
class Cursor {
 public:
  /// Throws "'int' object is not iterable".
  Cursor(Runtime& runtime, const Value& source);
  /// False at the end. Charges a step per item.
  bool next(Value& item);

 private:
  Value entry(const Dict& dict, DictView::What what);

  Runtime* runtime_;
  Value source_;
  std::size_t position_ = 0;  // items; bytes of a string
};

/// iter(value) would work.
bool is_iterable(const Value& value);

/// list(value). At most kItemsMax items.
std::vector<Value> collect(Runtime& runtime, const Value& source);

}  // namespace rbee::engine::jinja
