#pragma once
// Kernels that exist once per type of weight.

/// K(name_TYPE, Args, threads, function<WeightType::TYPE>) for every type but F32.
#define RBEE_FOR_TENSOR_TYPES(K, name, Args, threads, function) \
  K(name##_F16, Args, threads, function<WeightType::F16>)       \
  K(name##_BF16, Args, threads, function<WeightType::BF16>)     \
  K(name##_Q8_0, Args, threads, function<WeightType::Q8_0>)     \
  K(name##_Q4_0, Args, threads, function<WeightType::Q4_0>)     \
  K(name##_Q5_0, Args, threads, function<WeightType::Q5_0>)     \
  K(name##_Q4_K, Args, threads, function<WeightType::Q4_K>)     \
  K(name##_Q5_K, Args, threads, function<WeightType::Q5_K>)     \
  K(name##_Q6_K, Args, threads, function<WeightType::Q6_K>)     \
  K(name##_IQ4_NL, Args, threads, function<WeightType::IQ4_NL>)

/// Likewise for every type.
#define RBEE_FOR_WEIGHT_TYPES(K, name, Args, threads, function) \
  K(name##_F32, Args, threads, function<WeightType::F32>)       \
  RBEE_FOR_TENSOR_TYPES(K, name, Args, threads, function)
