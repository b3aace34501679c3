// Every kernel in one translation unit: what the device's compiler is given.
#include "engine/backend/cuda/kernels/attention.cu"
#include "engine/backend/cuda/kernels/elementwise.cu"
#include "engine/backend/cuda/kernels/embed.cu"
#include "engine/backend/cuda/kernels/kv_append.cu"
#include "engine/backend/cuda/kernels/matmul_f32.cu"
#include "engine/backend/cuda/kernels/matmul_tensor.cu"
#include "engine/backend/cuda/kernels/rms_norm.cu"
#include "engine/backend/cuda/kernels/rope.cu"
