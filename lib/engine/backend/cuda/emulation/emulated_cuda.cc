#include "engine/backend/cuda/emulation/emulated_cuda.h"

#include <dlfcn.h>

#include "base/error.h"

namespace rbee::engine::cuda {

EmulatedDriver& emulated_driver() {
  void* const library = ::dlopen(RBEE_EMULATED_CUDA, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail(ErrorKind::kUnsupported, "the emulated driver: {}", ::dlerror());
  auto* const function = reinterpret_cast<EmulatedDriverFunction*>(::dlsym(library, kEmulatedDriverFunction));
  return *function();
}

CudaOptions emulated_options() {
  static constexpr std::byte kImage[1] = {};
  return {.kernels = {.image = kImage, .driver_min = 11040}, .driver_library = RBEE_EMULATED_CUDA};
}

std::unique_ptr<Backend> make_emulated_cuda_backend() {
  return make_cuda_backend(emulated_options());
}

}  // namespace rbee::engine::cuda
