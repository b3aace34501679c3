// softmax(scale * q·k) v over one part of the positions. Positions are taken in chunks of 64 counted from 0, and the
// chunks in splits of 512, each with a softmax of its own. So the bits depend on the token's position alone.
#include "bindings.glsl"
#include "cache.glsl"
#include "exact_math.glsl"
#include "softmax_parts.glsl"

layout(constant_id = 0) const uint kType = 0;
const uint kChunk = 64, kHeadDimMax = 512;

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
  uint splits_max;  // of a token and head in the buffer of parts
};
shared float query[kHeadDimMax];
shared float scores[kChunk];
shared uint value_rows[kChunk];

vec2 unpacked(uint word) {
  if (kType == kF32) return vec2(uintBitsToFloat(word), 0.0);
  if (kType == kF16) return unpackHalf2x16(word);
  return vec2(uintBitsToFloat(word << 16), uintBitsToFloat(word & 0xFFFF0000u));
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
    } else {
      sum = dot4(vec4(unpacked(w.x), unpacked(w.y)), 8 * i, sum);
      sum = dot4(vec4(unpacked(w.z), unpacked(w.w)), 8 * i + 4, sum);
    }
  }
  precise float score = sum * scale;
  if (softcap != 0.0) score = softcap * tanh_of(score / softcap);
  return score;
}

void load_query(uint token, uint head) {
  const uint padded_dim = kType == kF32 ? head_words : 2 * head_words;
  for (uint d = gl_LocalInvocationID.x; d < padded_dim; d += kThreads) {
    query[d] = d < head_dim ? queries[token * q_stride + head * head_dim + d] : 0.0;
  }
}

// The first position that a token at `last` sees.
uint first_position(uint last) { return window != 0 && last + 1 > window ? last + 1 - window : 0; }

// Fills part_* with positions [max(split, first), min(split + 512, last + 1)), of which there is at least one.
void attend(uint split, uint first, uint last, uint table, uint kv_head) {
  const uint thread = gl_LocalInvocationID.x;
  part_top = 0.0;
  part_weight = 0.0;
  for (uint i = 0; i < kLoops; ++i) part_sums[i] = vec2(0.0);
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
    const float top = empty ? chunk_top : max(part_top, chunk_top);
    const float correction = empty ? 0.0 : exp_of(part_top - top);
    barrier();
    if (thread >= begin && thread < end) scores[thread] = exp_of(scores[thread] - top);
    barrier();
    precise float weight = part_weight * correction;
    for (uint i = 0; i < kLoops; ++i) {
      precise vec2 scaled = part_sums[i] * correction;
      part_sums[i] = scaled;
    }
    for (uint j = begin; j < end; ++j) {
      const float p = scores[j];
      weight += p;
      for (uint i = 0; i < kLoops; ++i) {
        const uint word = thread + kThreads * i;
        if (word < head_words) {
          precise vec2 sum = fma(vec2(p), unpacked(value_cache[value_rows[j] * head_words + word]), part_sums[i]);
          part_sums[i] = sum;
        }
      }
    }
    part_weight = weight;
    part_top = top;
    empty = false;
  }
}
