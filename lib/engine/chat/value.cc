#include "engine/chat/value.h"

#include "engine/chat/macro.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

Integer Range::size() const {
  if (step > 0) return start < stop ? (stop - start - 1) / step + 1 : 0;
  return start > stop ? (start - stop - 1) / -step + 1 : 0;
}

std::string Macro::repr() const {
  return name.empty() ? "anonymous" : repr_text(name);
}

std::string_view type_name(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
      return "Undefined";
    case Kind::kNone:
      return "NoneType";
    case Kind::kBoolean:
      return "bool";
    case Kind::kInteger:
      return "int";
    case Kind::kFloat:
      return "float";
    case Kind::kString:
      return value.safe ? "Markup" : "str";
    case Kind::kList:
      return "list";
    case Kind::kTuple:
      return "tuple";
    case Kind::kDict:
      return "dict";
    case Kind::kRange:
      return "range";
    case Kind::kDictView:
      if (value.view->what == DictView::What::kKeys) return "dict_keys";
      return value.view->what == DictView::What::kValues ? "dict_values" : "dict_items";
    case Kind::kIterator:
      return value.iterator->type_name;
    case Kind::kNamespace:
      return "Namespace";
    case Kind::kMacro:
      return "Macro";
    case Kind::kFunction:
      return "function";
    case Kind::kMethod:
      return "builtin_function_or_method";
    case Kind::kLoop:
      return "LoopContext";
    case Kind::kCycler:
      return "Cycler";
    case Kind::kJoiner:
      return "Joiner";
  }
  return "object";
}

std::string type_description(const Value& value) {
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kNamespace:
    case Kind::kCycler:
    case Kind::kJoiner:
      return "jinja2.utils." + std::string(type_name(value)) + " object";
    case Kind::kMacro:
    case Kind::kLoop:
    case Kind::kUndefined:
      return "jinja2.runtime." + std::string(type_name(value)) + " object";
    case Kind::kString:
      return value.safe ? "markupsafe.Markup object" : "str object";
    default:
      return std::string(type_name(value)) + " object";
  }
}

}  // namespace rbee::engine::jinja
