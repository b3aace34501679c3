#version 450
#extension GL_GOOGLE_include_directive : require
// Attention over one split of the positions of one head of one token per workgroup, for attention_merge.comp to put
// together: few tokens with many positions would leave most of a device idle otherwise. A part in the buffer: its top,
// its weight, then two floats per word.
#include "attention.glsl"

void main() {
  const uint token = gl_WorkGroupID.y, head = gl_WorkGroupID.x, split = gl_WorkGroupID.z * kSplit;
  if (token >= step_tables[kTokens]) return;
  const uint last = step_entry(kPositions, token), table = step_entry(kTableBegins, token), first = first_position(last);
  if (split > last || split + kSplit <= first) return;
  load_query(token, head);
  attend(split, first, last, table, head / (heads / kv_heads));
  const uint part = ((token * heads + head) * splits_max + gl_WorkGroupID.z) * (2 * head_words + 2);
  if (gl_LocalInvocationID.x == 0) {
    result[part] = part_top;
    result[part + 1] = part_weight;
  }
  for (uint i = 0; i < kLoops; ++i) {
    const uint word = gl_LocalInvocationID.x + kThreads * i;
    if (word < head_words) {
      result[part + 2 + 2 * word] = part_sums[i].x;
      result[part + 3 + 2 * word] = part_sums[i].y;
    }
  }
}
