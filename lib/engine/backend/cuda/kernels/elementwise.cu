// Operations on single elements.
#include "engine/backend/cuda/kernels/arithmetic.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/step_view.h"

namespace rbee::engine::cuda {

enum class Element { kCopy, kTakeRows, kAdd, kAddBias, kScale, kSoftcap, kSilu, kGeluTanh, kGeluErf };

template <Element element>
RBEE_DEVICE void elementwise(const ElementwiseArgs& a) {
  const u32 row = block_y(), column = block_x() * kRowThreads + thread_index();
  if (row >= a.step[a.row_kind] || column >= a.columns) return;
  const u32 x_row = element == Element::kTakeRows ? step_entry(a.step, kOutputRows, row) : row;
  const float x = a.x[u64{x_row} * a.x_stride + a.begin + column];
  float value = x;
  if constexpr (element == Element::kScale) {
    value = x * a.factor;
  } else if constexpr (element == Element::kSoftcap) {
    value = a.factor * tanh_of(x / a.factor);
  } else if constexpr (element == Element::kAddBias) {
    value = x + a.y[column];
  } else if constexpr (element != Element::kCopy && element != Element::kTakeRows) {
    const float y = a.y[u64{row} * a.y_stride + column];
    if constexpr (element == Element::kAdd) value = x + y;
    if constexpr (element == Element::kSilu) value = silu_of(x) * y;
    if constexpr (element == Element::kGeluTanh) value = gelu_tanh_of(x) * y;
    if constexpr (element == Element::kGeluErf) value = gelu_erf_of(x) * y;
  }
  a.out[u64{row} * a.out_stride + column] = value;
}

#define RBEE_ELEMENTWISE(K)                                                               \
  K(elementwise_copy, ElementwiseArgs, kRowThreads, elementwise<Element::kCopy>)          \
  K(elementwise_take_rows, ElementwiseArgs, kRowThreads, elementwise<Element::kTakeRows>) \
  K(elementwise_add, ElementwiseArgs, kRowThreads, elementwise<Element::kAdd>)            \
  K(elementwise_add_bias, ElementwiseArgs, kRowThreads, elementwise<Element::kAddBias>)   \
  K(elementwise_scale, ElementwiseArgs, kRowThreads, elementwise<Element::kScale>)        \
  K(elementwise_softcap, ElementwiseArgs, kRowThreads, elementwise<Element::kSoftcap>)    \
  K(elementwise_silu, ElementwiseArgs, kRowThreads, elementwise<Element::kSilu>)          \
  K(elementwise_gelu_tanh, ElementwiseArgs, kRowThreads, elementwise<Element::kGeluTanh>) \
  K(elementwise_gelu_erf, ElementwiseArgs, kRowThreads, elementwise<Element::kGeluErf>)
RBEE_KERNELS(elementwise_kernels, RBEE_ELEMENTWISE)

}  // namespace rbee::engine::cuda
