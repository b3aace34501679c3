#version 450
#extension GL_GOOGLE_include_directive : require
// out[t] = W[token t], for the tokens whose row lies in this slice of W. An invocation writes eight columns.
#include "bindings.glsl"
#include "weights.glsl"

layout(local_size_x = 64) in;
layout(set = 0, binding = 2, std430) writeonly buffer Output { vec4 result[]; };
layout(push_constant) uniform Push {
  uint rows, columns, row_words;
  uint out_stride;
  uint row_begin;  // the slice's first row
};

void main() {
  const uint token = gl_WorkGroupID.y, k8 = gl_GlobalInvocationID.x;
  if (token >= step_tables[kTokens] || 8 * k8 >= columns) return;
  const uint row = step_entry(kTokenIds, token) - row_begin;  // wraps to a large number before the slice
  if (row >= rows) return;
  const Eight w = load8(row, k8, columns, row_words);
  const uint at = token * (out_stride / 4) + 2 * k8;
  result[at] = w.low;
  result[at + 1] = w.high;
}
