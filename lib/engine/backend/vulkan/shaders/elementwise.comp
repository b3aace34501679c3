#version 450
#extension GL_GOOGLE_include_directive : require
// Operations on single elements; which one is fixed when the pipeline is made.
#include "bindings.glsl"
#include "exact_math.glsl"

layout(constant_id = 0) const uint kOperation = 0;  // ElementOp in op_dispatch.cc
const uint kCopy = 0, kTakeRows = 1, kAdd = 2, kAddBias = 3, kScale = 4, kSoftcap = 5, kSilu = 6, kGeluTanh = 7,
           kGeluErf = 8;

layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer Input { float x[]; };
layout(set = 0, binding = 1, std430) readonly buffer Second { float y[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(set = 0, binding = 3, std430) readonly buffer Weight { float weight[]; };
layout(push_constant) uniform Push {
  uint columns;
  uint x_stride, y_stride, out_stride;
  uint begin;  // the first column of x
  float factor;
  uint row_kind;
};

void main() {
  const uint row = gl_WorkGroupID.y, column = gl_GlobalInvocationID.x;
  if (row >= step_tables[row_kind] || column >= columns) return;
  const uint x_row = kOperation == kTakeRows ? step_entry(kOutputRows, row) : row;
  const float a = x[x_row * x_stride + begin + column];
  precise float value = a;
  if (kOperation == kAdd) value = a + y[row * y_stride + column];
  if (kOperation == kAddBias) value = a + weight[column];
  if (kOperation == kScale) value = a * factor;
  if (kOperation == kSoftcap) value = factor * tanh_of(a / factor);
  if (kOperation == kSilu) value = silu_of(a) * y[row * y_stride + column];
  if (kOperation == kGeluTanh) value = gelu_tanh_of(a) * y[row * y_stride + column];
  if (kOperation == kGeluErf) value = gelu_erf_of(a) * y[row * y_stride + column];
  result[row * out_stride + column] = value;
}
