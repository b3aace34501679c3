#pragma once
// A tensor that lies in a mapped file.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "formats/dtype.h"

namespace rbee::formats {

/// A named tensor inside a mapped model file. The bytes belong to the file object it came from and may start at
/// any address (no alignment is promised). `shape` is outermost first, as safetensors and PyTorch write it:
/// a matmul weight is [out_features, in_features]; rows are contiguous.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::uint64_t> shape;
  const std::byte* data = nullptr;
  std::uint64_t bytes = 0;
};

}  // namespace rbee::formats
