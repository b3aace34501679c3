#pragma once
// What built-in functions need of a rendering: its budget, its heap and its clock.

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chat/budget.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// Owns the values that a rendering makes; all are freed with it. Making one charges the budget. One thread.
class Runtime {
 public:
  Runtime(const TemplateBudget& limits, std::uint64_t input_bytes, std::chrono::system_clock::time_point now)
      : budget_(limits, input_bytes), now_(now) {}

  Budget& budget() { return budget_; }
  std::chrono::system_clock::time_point now() const { return now_; }

  Value text(std::string bytes);
  Value text(std::string_view bytes) { return text(std::string(bytes)); }
  Value text(const char* bytes) { return text(std::string(bytes)); }
  /// A string that is Markup when `safe`.
  Value text(std::string bytes, bool safe);
  /// `left` with `right` behind it; in place when `left` is all of a text that may grow. `right` may be part of it.
  Value append(const Value& left, std::string_view right);
  Value list(std::vector<Value> items) { return sequence(Kind::kList, std::move(items)); }
  Value tuple(std::vector<Value> items) { return sequence(Kind::kTuple, std::move(items)); }
  /// A pair of groupby.
  Value group(const Value& grouper, const Value& members);
  /// An empty dict or namespace.
  Value dict(Kind kind = Kind::kDict);
  Value range(Integer start, Integer stop, Integer step);
  Value dict_view(const Value& dict, DictView::What what);
  Value iterator(std::string_view type_name, std::function<bool(Value&)> next);
  Value method(const Value& receiver, const NativeSpec& spec);
  Value cycler(std::vector<Value> items);
  Value joiner(const Value& separator);

  /// Undefined values; using one throws their message.
  Value undefined_variable(std::string_view name);
  Value undefined_member(const Value& object, const Value& name);
  Value undefined_because(std::string hint);

 private:
  Value sequence(Kind kind, std::vector<Value> items);
  Value undefined(UndefinedInfo info);
  template <typename T>
  T& allocate(std::deque<T>& pool, std::uint64_t more_bytes = 0);

  Budget budget_;
  const std::chrono::system_clock::time_point now_;
  std::deque<Text> texts_;
  std::deque<Sequence> sequences_;
  std::deque<Dict> dicts_;
  std::deque<Range> ranges_;
  std::deque<DictView> views_;
  std::deque<Iterator> iterators_;
  std::deque<Method> methods_;
  std::deque<Cycler> cyclers_;
  std::deque<Joiner> joiners_;
  std::deque<UndefinedInfo> undefined_;
};

/// Throws Error{kBadRequest} with the message.
[[noreturn]] void template_error(const std::string& message);
/// Throws the message of an undefined value.
[[noreturn]] void undefined_error(const Value& value);

}  // namespace rbee::engine::jinja
