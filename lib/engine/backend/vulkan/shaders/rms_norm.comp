#version 450
#extension GL_GOOGLE_include_directive : require
// Each group of columns g: x * rsqrt(mean(x^2) + eps) * W. A workgroup per row and group.
#include "bindings.glsl"

const uint kThreads = 128;
layout(local_size_x = 128) in;
layout(set = 0, binding = 0, std430) readonly buffer Input { float x[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(set = 0, binding = 3, std430) readonly buffer Weight { float weight[]; };
layout(push_constant) uniform Push {
  uint group;
  uint x_stride, out_stride;
  float eps;
  uint row_kind;
};
shared float squares[kThreads];

void main() {
  const uint row = gl_WorkGroupID.y, thread = gl_LocalInvocationID.x, first = gl_WorkGroupID.x * group;
  if (row >= step_tables[row_kind]) return;
  precise float sum = 0.0;
  for (uint c = thread; c < group; c += kThreads) {
    const float value = x[row * x_stride + first + c];
    sum = fma(value, value, sum);
  }
  squares[thread] = sum;
  barrier();
  for (uint width = kThreads / 2; width > 0; width /= 2) {
    if (thread < width) squares[thread] += squares[thread + width];
    barrier();
  }
  precise float factor = 1.0 / sqrt(squares[0] / float(group) + eps);
  for (uint c = thread; c < group; c += kThreads) {
    result[row * out_stride + first + c] = x[row * x_stride + first + c] * factor * weight[c];
  }
}
