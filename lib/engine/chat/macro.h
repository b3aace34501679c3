#pragma once
// Macros and the callers of call blocks.

#include <string>

#include "engine/chat/ast.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

struct Scope;

struct Macro {
  const Stmt* stmt = nullptr;
  Scope* scope = nullptr;  ///< around the definition; kept alive until the rendering ends
  std::string name;        ///< empty for the caller of a call block

  /// 'name', or anonymous.
  std::string repr() const;
};

}  // namespace rbee::engine::jinja
