#include "pool/device/shared_library.h"

#include <dlfcn.h>

namespace rbee::pool {

SharedLibrary::SharedLibrary(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ != nullptr) return;
  const char* message = ::dlerror();
  reason_ = message != nullptr ? message : "not found";
}

void SharedLibrary::Closer::operator()(void* handle) const {
  ::dlclose(handle);
}

void* SharedLibrary::address(const char* name) const {
  return loaded() ? ::dlsym(handle_.get(), name) : nullptr;
}

}  // namespace rbee::pool
