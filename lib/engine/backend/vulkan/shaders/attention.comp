#version 450
#extension GL_GOOGLE_include_directive : require
// softmax(scale * q·k) v for one head of one token per workgroup. Positions are taken in chunks of 64 counted from 0 and
// the chunks in splits of 512, each with a softmax of its own; the splits are merged from left to right. So the bits
// depend on the token's position alone.
#include "bindings.glsl"
#include "cache.glsl"
#include "exact_math.glsl"

layout(constant_id = 0) const uint kType = 0;
const uint kThreads = 64, kChunk = 64, kSplit = 512, kHeadDimMax = 512;
const uint kDims = kHeadDimMax / kThreads;

layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer Queries { float queries[]; };
layout(set = 0, binding = 1, std430) readonly buffer KeyCache { uvec4 key_cache[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Output { float result[]; };
layout(set = 0, binding = 3, std430) readonly buffer ValueCache { uint value_cache[]; };
layout(push_constant) uniform Push {
  uint heads, kv_heads, head_dim, head_words, block_tokens;
  uint window;
  float scale, softcap;
  uint q_stride, out_stride;
};
shared float query[kHeadDimMax];
shared float scores[kChunk];
shared uint value_rows[kChunk];

float value_at(uint row, uint dim) {
  if (kType == kF32) return uintBitsToFloat(value_cache[row * head_words + dim]);
  const uint word = value_cache[row * head_words + dim / 2];
  if (kType == kF16) {
    const vec2 both = unpackHalf2x16(word);
    return dim % 2 == 0 ? both.x : both.y;
  }
  return uintBitsToFloat(dim % 2 == 0 ? word << 16 : word & 0xFFFF0000u);
}

float dot4(vec4 k, uint dim, float sum) {
  precise float s = fma(k.x, query[dim], sum);
  s = fma(k.y, query[dim + 1], s);
  s = fma(k.z, query[dim + 2], s);
  return fma(k.w, query[dim + 3], s);
}

float score_of(uint row) {
  float sum = 0.0;
  for (uint i = 0; i < head_words / 4; ++i) {
    const uvec4 w = key_cache[row * (head_words / 4) + i];
    if (kType == kF32) {
      sum = dot4(uintBitsToFloat(w), 4 * i, sum);
    } else if (kType == kF16) {
      sum = dot4(vec4(unpackHalf2x16(w.x), unpackHalf2x16(w.y)), 8 * i, sum);
      sum = dot4(vec4(unpackHalf2x16(w.z), unpackHalf2x16(w.w)), 8 * i + 4, sum);
    } else {
      const uvec4 even = w << 16, odd = w & 0xFFFF0000u;
      sum = dot4(uintBitsToFloat(uvec4(even.x, odd.x, even.y, odd.y)), 8 * i, sum);
      sum = dot4(uintBitsToFloat(uvec4(even.z, odd.z, even.w, odd.w)), 8 * i + 4, sum);
    }
  }
  precise float score = sum * scale;
  if (softcap != 0.0) score = softcap * tanh_of(score / softcap);
  return score;
}

void main() {
  const uint token = gl_WorkGroupID.y, head = gl_WorkGroupID.x, thread = gl_LocalInvocationID.x;
  if (token >= step_tables[kTokens]) return;
  const uint last = step_entry(kPositions, token), table = step_entry(kTableBegins, token);
  const uint first = window != 0 && last + 1 > window ? last + 1 - window : 0;
  const uint kv_head = head / (heads / kv_heads);
  const uint padded_dim = kType == kF32 ? head_words : 2 * head_words;
  for (uint d = thread; d < padded_dim; d += kThreads) {
    query[d] = d < head_dim ? queries[token * q_stride + head * head_dim + d] : 0.0;
  }

  float total_top = 0.0;
  precise float total_weight = 0.0;
  precise float total[kDims];
  for (uint i = 0; i < kDims; ++i) total[i] = 0.0;
  for (uint split = first / kSplit * kSplit; split <= last; split += kSplit) {
    float top = 0.0;
    precise float weight = 0.0;
    precise float sums[kDims];
    for (uint i = 0; i < kDims; ++i) sums[i] = 0.0;
    bool empty = true;
    const uint split_end = min(split + kSplit, last + 1);
    for (uint chunk = max(split, first / kChunk * kChunk); chunk < split_end; chunk += kChunk) {
      const uint begin = max(chunk, first) - chunk, end = min(split_end - chunk, kChunk);
      barrier();
      if (thread >= begin && thread < end) {
        const uint row = cache_row(table, chunk + thread, kv_head, kv_heads, block_tokens);
        value_rows[thread] = row;
        scores[thread] = score_of(row);
      }
      barrier();
      float chunk_top = scores[begin];
      for (uint j = begin + 1; j < end; ++j) chunk_top = max(chunk_top, scores[j]);
      const float new_top = empty ? chunk_top : max(top, chunk_top);
      const float correction = empty ? 0.0 : exp_of(top - new_top);
      barrier();
      if (thread >= begin && thread < end) scores[thread] = exp_of(scores[thread] - new_top);
      barrier();
      weight *= correction;
      for (uint i = 0; i < kDims; ++i) sums[i] *= correction;
      for (uint j = begin; j < end; ++j) {
        const float p = scores[j];
        weight += p;
        for (uint i = 0; i < kDims; ++i) {
          const uint d = thread + kThreads * i;
          if (d < head_dim) sums[i] = fma(p, value_at(value_rows[j], d), sums[i]);
        }
      }
      top = new_top;
      empty = false;
    }
    const bool only = total_weight == 0.0;
    const float new_top = only ? top : max(total_top, top);
    const float before = only ? 0.0 : exp_of(total_top - new_top), after = exp_of(top - new_top);
    total_weight = fma(weight, after, total_weight * before);
    for (uint i = 0; i < kDims; ++i) total[i] = fma(sums[i], after, total[i] * before);
    total_top = new_top;
  }
  for (uint i = 0; i < kDims; ++i) {
    const uint d = thread + kThreads * i;
    if (d < head_dim) result[token * out_stride + head * head_dim + d] = total[i] / total_weight;
  }
}
