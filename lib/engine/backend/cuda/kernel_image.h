#pragma once
// The compiled kernels that are part of this build's module.

#include "engine/backend/cuda/cuda_backend.h"

namespace rbee::engine::cuda {

CudaKernels kernel_image();

}  // namespace rbee::engine::cuda
