#version 450
#extension GL_GOOGLE_include_directive : require
// out[t, n] = sum over k of x[t, k] W[n, k]. 32 lanes share a sum: lane l takes the groups of eight k at l, l + 32, ...
// in order, and the lanes' sums are added in one fixed tree. So an output's bits depend on its own row and column alone,
// whatever TOKENS and ROWS are. A workgroup has 4 teams of 32 lanes; a team computes ROWS outputs for TOKENS tokens.
// A bias and another value may be added to the sum, in this order.
#include "bindings.glsl"
#include "weights.glsl"

layout(constant_id = 0) const uint kEpilogue = 0;  // bits: 1 adds the bias, 2 adds the value y
layout(local_size_x = 128) in;
layout(set = 0, binding = 0, std430) readonly buffer Input { vec4 x[]; };
layout(set = 0, binding = 1, std430) readonly buffer Added { float y[]; };
layout(set = 0, binding = 5, std430) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(push_constant) uniform Push {
  uint rows, columns, row_words;  // of the weight's slice
  uint x_stride, out_stride;      // floats
  uint out_begin;                 // the slice's first column in the output
  uint row_kind;                  // tokens or outputs
  uint y_stride;
};

const uint kLanes = 32, kTeams = 4;
const uint kOutputsPerPass = ROWS * TOKENS < 16 ? ROWS * TOKENS : 16;
const uint kPitch = kLanes * kTeams + 1;  // odd: the columns of the transposed read lie in different banks
shared float partial[kOutputsPerPass * kPitch];

float dot8(Eight w, vec4 a, vec4 b, float sum) {
  precise float s = fma(w.low.x, a.x, sum);
  s = fma(w.low.y, a.y, s);
  s = fma(w.low.z, a.z, s);
  s = fma(w.low.w, a.w, s);
  s = fma(w.high.x, b.x, s);
  s = fma(w.high.y, b.y, s);
  s = fma(w.high.z, b.z, s);
  s = fma(w.high.w, b.w, s);
  return s;
}

float sum_of_lanes(uint begin) {
  precise float sums[4];
  for (uint c = 0; c < 4; ++c) {
    sums[c] = partial[begin + 8 * c];
    for (uint i = 1; i < 8; ++i) sums[c] += partial[begin + 8 * c + i];
  }
  precise float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return sum;
}

void main() {
  const uint tokens = step_tables[row_kind], first_token = gl_WorkGroupID.y * TOKENS;
  if (first_token >= tokens) return;
  const uint thread = gl_LocalInvocationID.x, lane = thread % kLanes, team = thread / kLanes;
  const uint first_row = (gl_WorkGroupID.x * kTeams + team) * ROWS;

  float sums[ROWS * TOKENS];
  for (uint i = 0; i < ROWS * TOKENS; ++i) sums[i] = 0.0;
  const uint groups = (columns + 7) / 8;
  for (uint k8 = lane; k8 < groups; k8 += kLanes) {
    vec4 a[TOKENS], b[TOKENS];
    for (uint t = 0; t < TOKENS; ++t) {
      const uint at = min(first_token + t, tokens - 1) * (x_stride / 4) + 2 * k8;
      a[t] = x[at];
      b[t] = x[at + 1];
      const uint left = columns - 8 * k8;  // what lies behind the last column is not a number to be used
      if (left < 8) {
        a[t] = mix(a[t], vec4(0), greaterThanEqual(uvec4(0, 1, 2, 3), uvec4(left)));
        b[t] = mix(b[t], vec4(0), greaterThanEqual(uvec4(4, 5, 6, 7), uvec4(left)));
      }
    }
    for (uint r = 0; r < ROWS; ++r) {
      const Eight w = load8(min(first_row + r, rows - 1), k8, columns, row_words);
      for (uint t = 0; t < TOKENS; ++t) sums[r * TOKENS + t] = dot8(w, a[t], b[t], sums[r * TOKENS + t]);
    }
  }

  for (uint pass = 0; pass < ROWS * TOKENS / kOutputsPerPass; ++pass) {
    if (pass != 0) barrier();
    for (uint i = 0; i < kOutputsPerPass; ++i) partial[i * kPitch + thread] = sums[pass * kOutputsPerPass + i];
    barrier();
    if (lane < kOutputsPerPass) {
      const uint i = pass * kOutputsPerPass + lane, row = first_row + i / TOKENS, token = first_token + i % TOKENS;
      if (row < rows && token < tokens) {
        precise float value = sum_of_lanes(lane * kPitch + team * kLanes);
        if ((kEpilogue & 1) != 0) value += bias[out_begin + row];
        if ((kEpilogue & 2) != 0) value += y[token * y_stride + out_begin + row];
        result[token * out_stride + out_begin + row] = value;
      }
    }
  }
}
