#version 450
#extension GL_GOOGLE_include_directive : require
// Rotates the pairs of each head by the angles of the token's position; the columns behind the pairs are copied.
#include "bindings.glsl"

layout(constant_id = 0) const uint kInterleaved = 0;
layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer Input { float x[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(push_constant) uniform Push {
  uint columns, head_dim, pairs;
  uint x_stride, out_stride;
  uint table;
};

void main() {
  const uint token = gl_WorkGroupID.y, column = gl_GlobalInvocationID.x;
  if (token >= step_tables[kTokens] || column >= columns) return;
  const uint c = column % head_dim, head = token * x_stride + column - c;
  precise float value = x[head + c];
  if (c < 2 * pairs) {
    const bool second = kInterleaved != 0 ? c % 2 == 1 : c >= pairs;
    const uint pair = kInterleaved != 0 ? c / 2 : c % pairs;
    const uint other = kInterleaved != 0 ? c ^ 1u : (second ? c - pairs : c + pairs);
    // cosines of the token's pairs, then their sines
    const float cosine = uintBitsToFloat(step_entry(kAngles + table, (2 * token) * pairs + pair));
    const float sine = uintBitsToFloat(step_entry(kAngles + table, (2 * token + 1) * pairs + pair));
    const float u = x[head + c], v = x[head + other];
    value = second ? v * sine + u * cosine : u * cosine - v * sine;
  }
  result[token * out_stride + column] = value;
}
