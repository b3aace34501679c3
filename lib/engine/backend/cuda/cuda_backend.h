#pragma once
// The backend for NVIDIA's graphics processors, by the CUDA driver.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/backend/backend.h"

namespace rbee::engine {

/// Compiled kernels: a fat binary or PTX, ended by a zero byte.
struct CudaKernels {
  std::span<const std::byte> image;
  int driver_min = 0;  ///< the CUDA that a driver must know to take them, 1000 * major + 10 * minor
};

struct CudaOptions {
  std::uint32_t gpu = 0;  ///< in the order of the devices' places on the bus
  CudaKernels kernels;    ///< borrowed until the backend goes
  std::string driver_library = "libcuda.so.1";
  std::string management_library = "libnvidia-ml.so.1";  ///< which measures; may be missing
};

/// Throws Error{kUnsupported}: no driver, one that is too old, no such device; each says what was looked for and found.
std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options);

}  // namespace rbee::engine
