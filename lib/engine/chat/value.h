#pragma once
// The values that templates compute with: Python's, as far as templates can see them.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rbee::engine::jinja {

/// Python's integers are unbounded; these hold every JSON integer, and overflow is an error.
__extension__ typedef __int128 Integer;

enum class Kind : std::uint8_t {
  kUndefined,
  kNone,
  kBoolean,
  kInteger,
  kFloat,
  kString,
  kList,
  kTuple,
  kDict,
  kRange,
  kDictView,
  kIterator,
  kNamespace,
  kMacro,
  kFunction,
  kMethod,
  kLoop,
  kCycler,
  kJoiner,
};

struct Text;
struct Sequence;
struct Dict;
struct Range;
struct DictView;
struct Iterator;
struct UndefinedInfo;
struct Macro;
struct Method;
struct Loop;
struct Cycler;
struct Joiner;
struct NativeSpec;

/// A small handle, copied freely. What it points to lives in the Heap of the rendering, or (constants) in the parsed
/// template; nothing is freed before the rendering ends, so cycles are harmless.
struct Value {
  Kind kind = Kind::kNone;
  bool safe = false;       ///< of a string: markupsafe's Markup
  std::size_t length = 0;  ///< of a string: how many bytes of the text it covers, from its start
  union {
    Integer integer = 0;
    bool boolean;
    double number;
    Text* text;
    Sequence* sequence;  ///< lists and tuples
    Dict* dict;          ///< dicts and namespaces
    Range* range;
    DictView* view;
    Iterator* iterator;
    const UndefinedInfo* undefined;
    Macro* macro;
    const NativeSpec* function;
    Method* method;
    Loop* loop;
    Cycler* cycler;
    Joiner* joiner;
  };

  static Value none() { return {}; }
  static Value of(bool value) {
    Value result;
    result.kind = Kind::kBoolean;
    result.boolean = value;
    return result;
  }
  static Value of(Integer value) {
    Value result;
    result.kind = Kind::kInteger;
    result.integer = value;
    return result;
  }
  static Value of(double value) {
    Value result;
    result.kind = Kind::kFloat;
    result.number = value;
    return result;
  }

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_undefined() const { return kind == Kind::kUndefined; }
  bool is_none() const { return kind == Kind::kNone; }
  bool is_string() const { return kind == Kind::kString; }
  bool is_sequence() const { return kind == Kind::kList || kind == Kind::kTuple; }
  /// bool counts: it is a subclass of int.
  bool is_integral() const { return kind == Kind::kInteger || kind == Kind::kBoolean; }
  bool is_number() const { return is_integral() || kind == Kind::kFloat; }

  /// Of an integer or a bool.
  Integer as_integer() const { return kind == Kind::kBoolean ? Integer{boolean} : integer; }
  /// Of any number.
  double as_double() const { return kind == Kind::kFloat ? number : static_cast<double>(as_integer()); }
  /// Of a string; valid until something is appended to its text.
  std::string_view view_text() const;
};

/// A growing text. Appending keeps every earlier string valid: a string is a prefix of its text.
struct Text {
  std::string bytes;
  bool frozen = false;  ///< a constant of the template, shared between threads: never appended to
};

inline std::string_view Value::view_text() const {
  return std::string_view(text->bytes).substr(0, length);
}

struct Sequence {
  std::vector<Value> items;
  bool is_group = false;  ///< a pair of groupby, whose items are also .grouper and .list
};

/// Insertion order, with an index once it is large.
struct Dict {
  struct Entry {
    Value key;
    Value value;
  };
  std::vector<Entry> entries;
  std::unordered_multimap<std::size_t, std::size_t> index;  ///< hash to position; empty while entries are few
};

struct Range {
  Integer start = 0, stop = 0, step = 1;
  Integer size() const;
  Integer at(Integer position) const { return start + position * step; }
};

/// dict.keys(), dict.values(), dict.items().
struct DictView {
  enum class What { kKeys, kValues, kItems };
  Dict* dict = nullptr;
  What what = What::kKeys;
};

/// A Python generator or iterator: yields each item once.
struct Iterator {
  std::function<bool(Value&)> next;  ///< false at the end
  std::string_view type_name;        ///< as Python's type(x).__name__
};

/// Why a value is undefined, for the message when it is used.
struct UndefinedInfo {
  std::string hint;         ///< the whole message when not empty
  bool has_object = false;  ///< else `name` is a variable
  Value object;
  Value name;
};

/// A method bound to its receiver.
struct Method {
  Value receiver;
  const NativeSpec* spec = nullptr;
};

struct Cycler {
  std::vector<Value> items;
  std::size_t position = 0;
};

struct Joiner {
  Value separator;
  bool used = false;
};

/// Python's type(x).__name__.
std::string_view type_name(const Value& value);
/// How jinja2's messages name the type: "dict object", "None", "jinja2.utils.Namespace object".
std::string type_description(const Value& value);

}  // namespace rbee::engine::jinja
