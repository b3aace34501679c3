#pragma once
// The state behind a template's `loop` variable.

#include <functional>
#include <optional>
#include <vector>

#include "engine/chat/ast.h"
#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

struct Scope;

/// One running {% for %}. Items are pulled one ahead only when the template asks (last, nextitem, length).
struct Loop {
  Runtime* runtime = nullptr;
  Value source;                      ///< what is iterated, for its length
  std::function<bool(Value&)> pull;  ///< the next item that passes the loop's condition; false at the end
  bool filtered = false;             ///< has a condition: the length is known only at the end
  const Stmt* stmt = nullptr;
  Scope* scope = nullptr;  ///< around the loop; kept alive when recursive
  Integer depth0 = 0;

  Integer index0 = -1;
  Value before, current;
  bool has_before = false;
  std::optional<Value> after;
  std::optional<Integer> known_length;
  std::optional<Value> last_changed;

  /// Goes on to the next item; false at the end.
  bool advance(Value& item);
  /// The next item without going on; null at the end.
  const Value* peek();
  Integer length();
  /// loop.index and the like; nullopt for names that loops do not have.
  std::optional<Value> attribute(std::string_view name);
};

}  // namespace rbee::engine::jinja
