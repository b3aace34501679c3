#pragma once
// The C++17 that kernels are written in, for three compilers: nvcc, clang++ for NVPTX without any header of CUDA's, and
// the host's, for which the threads of a block are those of emulation/simt.h.

#include <cstdint>

namespace rbee::engine::cuda {
using u32 = std::uint32_t;
using u64 = std::uint64_t;
constexpr u32 kWarpLanes = 32;
}  // namespace rbee::engine::cuda

#if defined(__CUDA__) || defined(__CUDACC__)
#define RBEE_ON_DEVICE 1
#if !defined(__CUDACC__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(threads) __attribute__((launch_bounds(threads)))
#endif
#if defined(__NVCC__)
#define RBEE_GRID_CONSTANT __grid_constant__  // read where the driver puts it
#else
#define RBEE_GRID_CONSTANT
#endif
#define RBEE_BOTH __host__ __device__ inline
#define RBEE_UNROLL _Pragma("unroll")
#define RBEE_DEVICE __device__ inline
#define RBEE_SHARED(type, name, count) __shared__ type name[count]
/// RBEE_KERNEL(name, Args, threads, function): a kernel that calls function(const Args&) in blocks of so many threads.
#define RBEE_KERNEL(name, Args, threads, ...)                                                      \
  extern "C" __global__ void __launch_bounds__(threads) name(const RBEE_GRID_CONSTANT Args args) { \
    __VA_ARGS__(args);                                                                             \
  }
/// RBEE_KERNELS(family, LIST): the kernels that LIST(K) names as K(name, Args, threads, function).
#define RBEE_KERNELS(family, LIST) LIST(RBEE_KERNEL)

namespace rbee::engine::cuda {

#if defined(__CUDACC__)
RBEE_DEVICE u32 thread_index() {
  return threadIdx.x;
}
RBEE_DEVICE u32 block_x() {
  return blockIdx.x;
}
RBEE_DEVICE u32 block_y() {
  return blockIdx.y;
}
RBEE_DEVICE u32 block_z() {
  return blockIdx.z;
}
#else
RBEE_DEVICE u32 thread_index() {
  return static_cast<u32>(__nvvm_read_ptx_sreg_tid_x());
}
RBEE_DEVICE u32 block_x() {
  return static_cast<u32>(__nvvm_read_ptx_sreg_ctaid_x());
}
RBEE_DEVICE u32 block_y() {
  return static_cast<u32>(__nvvm_read_ptx_sreg_ctaid_y());
}
RBEE_DEVICE u32 block_z() {
  return static_cast<u32>(__nvvm_read_ptx_sreg_ctaid_z());
}
#endif

/// Waits for all threads of the block; what they wrote before is seen after.
RBEE_DEVICE void sync_block() {
  asm volatile("bar.sync 0;" ::: "memory");
}
/// Likewise for the warp's lanes.
RBEE_DEVICE void sync_warp() {
  asm volatile("bar.warp.sync 0xffffffff;" ::: "memory");
}
/// The value of the lane whose number differs in the bits of `mask`. All lanes must call it.
RBEE_DEVICE u32 shuffle_xor(u32 value, u32 mask) {
  u32 other;
  asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=r"(other) : "r"(value), "r"(mask));
  return other;
}

}  // namespace rbee::engine::cuda

#else
#include "engine/backend/cuda/emulation/simt.h"

#define RBEE_BOTH inline
#define RBEE_UNROLL
#define RBEE_DEVICE inline
#define RBEE_SHARED(type, name, count) \
  static const char name##_tag = 0;    \
  type* const name = static_cast<type*>(simt::shared_memory(&name##_tag, sizeof(type) * (count)))
#define RBEE_KERNEL(name, Args, threads, ...)                                               \
  simt::Kernel{#name, sizeof(Args), threads, [](const void* args) {                         \
                 const Args copy = *static_cast<const Args*>(args); /* as a parameter is */ \
                 __VA_ARGS__(copy);                                                         \
               }},
#define RBEE_KERNELS(family, LIST)                             \
  std::span<const simt::Kernel> family() {                     \
    static const simt::Kernel kernels[] = {LIST(RBEE_KERNEL)}; \
    return kernels;                                            \
  }

namespace rbee::engine::cuda {

inline u32 thread_index() {
  return simt::position().thread;
}
inline u32 block_x() {
  return simt::position().block[0];
}
inline u32 block_y() {
  return simt::position().block[1];
}
inline u32 block_z() {
  return simt::position().block[2];
}
inline void sync_block() {
  simt::sync_block();
}
inline void sync_warp() {
  simt::sync_warp();
}
inline u32 shuffle_xor(u32 value, u32 mask) {
  return simt::shuffle_xor(value, mask);
}

}  // namespace rbee::engine::cuda
#endif
