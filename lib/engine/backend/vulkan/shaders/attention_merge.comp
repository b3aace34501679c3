#version 450
#extension GL_GOOGLE_include_directive : require
// Puts together what attention_split.comp left, for one head of one token per workgroup, in the order and with the
// arithmetic of attention.comp.
#include "bindings.glsl"
#include "cache.glsl"
#include "exact_math.glsl"
#include "softmax_parts.glsl"

layout(constant_id = 0) const uint kType = 0;
layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer Parts { float parts[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(push_constant) uniform Push {
  uint heads, head_dim, head_words, window, out_stride, splits_max;
};

void main() {
  const uint token = gl_WorkGroupID.y, head = gl_WorkGroupID.x;
  if (token >= step_tables[kTokens]) return;
  const uint last = step_entry(kPositions, token);
  const uint first = window != 0 && last + 1 > window ? last + 1 - window : 0;
  clear_total();
  for (uint split = first / kSplit; split <= last / kSplit; ++split) {
    const uint part = ((token * heads + head) * splits_max + split) * (2 * head_words + 2);
    part_top = parts[part];
    part_weight = parts[part + 1];
    for (uint i = 0; i < kLoops; ++i) {
      const uint word = min(gl_LocalInvocationID.x + kThreads * i, head_words - 1);
      part_sums[i] = vec2(parts[part + 2 + 2 * word], parts[part + 3 + 2 * word]);
    }
    add_part();
  }
  for (uint i = 0; i < kLoops; ++i) {
    const uint word = gl_LocalInvocationID.x + kThreads * i, d = kType == kF32 ? word : 2 * word;
    const uint at = token * out_stride + head * head_dim + d;
    if (d < head_dim) result[at] = total_sums[i].x / total_weight;
    if (kType != kF32 && d + 1 < head_dim) result[at + 1] = total_sums[i].y / total_weight;
  }
}
