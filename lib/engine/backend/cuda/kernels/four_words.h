#pragma once
// Sixteen bytes, which a thread reads at once.

#include "engine/backend/cuda/kernels/dialect.h"

namespace rbee::engine::cuda {

struct alignas(16) FourWords {
  u32 word[4];
};

/// `aligned` is a multiple of 16.
RBEE_BOTH FourWords load_four(const u32* aligned) {
  return *reinterpret_cast<const FourWords*>(aligned);
}

}  // namespace rbee::engine::cuda
