#pragma once
// The cuda backend over the emulated driver, for tests.

#include <memory>

#include "engine/backend/cuda/cuda_backend.h"
#include "engine/backend/cuda/emulation/emulated_driver.h"

namespace rbee::engine::cuda {

/// The driver that make_emulated_cuda_backend() uses, one for the whole process.
EmulatedDriver& emulated_driver();

/// Options for that driver: its library and a stand-in for compiled kernels.
CudaOptions emulated_options();

/// A backend that computes with the kernels' own source, on the host.
std::unique_ptr<Backend> make_emulated_cuda_backend();

}  // namespace rbee::engine::cuda
