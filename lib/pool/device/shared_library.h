#pragma once
// A library that may not be on the machine.

#include <memory>
#include <string>

namespace rbee::pool {

/// Opened by the dynamic linker; closed when it goes.
class SharedLibrary {
 public:
  /// `name` as the linker knows it: "libnvidia-ml.so.1".
  explicit SharedLibrary(const char* name);

  bool loaded() const { return handle_ != nullptr; }
  /// Why it is not loaded.
  const std::string& reason() const { return reason_; }
  /// Null when the library is not loaded or has no such function.
  template <typename Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(address(name));
  }

 private:
  struct Closer {
    void operator()(void* handle) const;
  };
  void* address(const char* name) const;

  std::unique_ptr<void, Closer> handle_;
  std::string reason_;
};

}  // namespace rbee::pool
