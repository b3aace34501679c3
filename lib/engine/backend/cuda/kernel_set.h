#pragma once
// The kernels on a device, by name.

#include <map>
#include <string>

#include "engine/backend/cuda/device.h"

namespace rbee::engine::cuda {

class KernelSet {
 public:
  /// Loads the image. Throws Error{kUnsupported}: the driver does not take it (says why).
  KernelSet(const Device& device, const CudaKernels& kernels);
  ~KernelSet();
  KernelSet(const KernelSet&) = delete;
  KernelSet& operator=(const KernelSet&) = delete;

  /// Throws Error{kUnsupported} when the image has no such kernel.
  CuFunction find(const std::string& name);

 private:
  const Device& device_;
  CuModule module_ = nullptr;
  std::map<std::string, CuFunction> found_;
};

}  // namespace rbee::engine::cuda
