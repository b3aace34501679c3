#version 450
#extension GL_GOOGLE_include_directive : require
// Attention of one head of one token per workgroup, all positions in turn.
#include "attention.glsl"

void main() {
  const uint token = gl_WorkGroupID.y, head = gl_WorkGroupID.x;
  if (token >= step_tables[kTokens]) return;
  const uint last = step_entry(kPositions, token), table = step_entry(kTableBegins, token), first = first_position(last);
  load_query(token, head);
  clear_total();
  for (uint split = first / kSplit * kSplit; split <= last; split += kSplit) {
    attend(split, first, last, table, head / (heads / kv_heads));
    add_part();
  }
  for (uint i = 0; i < kLoops; ++i) {
    const uint word = gl_LocalInvocationID.x + kThreads * i, d = kType == kF32 ? word : 2 * word;
    const uint at = token * out_stride + head * head_dim + d;
    if (d < head_dim) result[at] = total_sums[i].x / total_weight;
    if (kType != kF32 && d + 1 < head_dim) result[at + 1] = total_sums[i].y / total_weight;
  }
}
