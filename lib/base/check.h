#pragma once
// RBEE_CHECK(condition): for bugs only, compiled into every build. Input must never reach it: input throws Error.

namespace rbee {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace rbee

#define RBEE_CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::rbee::check_failed(#condition, __FILE__, __LINE__))
