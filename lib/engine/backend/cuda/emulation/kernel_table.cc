#include "engine/backend/cuda/emulation/kernel_table.h"

namespace rbee::engine::cuda {

// Of kernels/*.cu.
std::span<const simt::Kernel> attention_kernels();
std::span<const simt::Kernel> candidate_kernels();
std::span<const simt::Kernel> elementwise_kernels();
std::span<const simt::Kernel> embed_kernels();
std::span<const simt::Kernel> kv_append_kernels();
std::span<const simt::Kernel> matmul_f32_kernels();
std::span<const simt::Kernel> matmul_tensor_kernels();
std::span<const simt::Kernel> rms_norm_kernels();
std::span<const simt::Kernel> rope_kernels();

std::span<const std::span<const simt::Kernel>> kernel_families() {
  static const std::span<const simt::Kernel> families[] = {
      attention_kernels(),  candidate_kernels(),     elementwise_kernels(), embed_kernels(), kv_append_kernels(),
      matmul_f32_kernels(), matmul_tensor_kernels(), rms_norm_kernels(),    rope_kernels()};
  return families;
}

const simt::Kernel* find_kernel(std::string_view name) {
  for (const std::span<const simt::Kernel> family : kernel_families()) {
    for (const simt::Kernel& kernel : family) {
      if (name == kernel.name) return &kernel;
    }
  }
  return nullptr;
}

}  // namespace rbee::engine::cuda
