#version 450
#extension GL_GOOGLE_include_directive : require
// Writes the step's keys and values into the cache, rounded to its type. An invocation writes one word of each.
#include "bindings.glsl"
#include "cache.glsl"

layout(constant_id = 0) const uint kType = 0;
layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer Keys { float keys[]; };
layout(set = 0, binding = 1, std430) readonly buffer Values { float values[]; };
layout(set = 0, binding = 2, std430) writeonly buffer KeyCache { uint key_cache[]; };
layout(set = 0, binding = 3, std430) writeonly buffer ValueCache { uint value_cache[]; };
layout(push_constant) uniform Push {
  uint kv_heads, head_dim, head_words, block_tokens;
  uint key_stride, value_stride;
};

// To nearest, ties to even; infinity beyond the largest half.
uint half_bits(float value) {
  const uint bits = floatBitsToUint(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return sign | 0x7E00u;   // not a number
  if (magnitude >= 0x477FF000u) return sign | 0x7C00u;  // 65520 and more
  if (magnitude < 0x38800000u) {                        // below 2^-14: multiples of 2^-24
    // 0.5 has steps of 2^-24: adding it rounds, and leaves the number in the low bits.
    precise float shifted = uintBitsToFloat(magnitude) + 0.5;
    return sign | (floatBitsToUint(shifted) - 0x3F000000u);
  }
  return sign | (magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13;
}

uint bfloat16_bits(float value) {
  const uint bits = floatBitsToUint(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return bits >> 16 | 0x40u;
  return bits + 0x7FFFu + (bits >> 16 & 1u) >> 16;
}

uint packed_word(float first, float second) {
  if (kType == kF32) return floatBitsToUint(first);
  if (kType == kF16) return half_bits(first) | half_bits(second) << 16;
  return bfloat16_bits(first) | bfloat16_bits(second) << 16;
}

void main() {
  const uint token = gl_WorkGroupID.y, word = gl_GlobalInvocationID.x;
  if (token >= step_tables[kTokens] || word >= kv_heads * head_words) return;
  const uint head = word / head_words, i = word % head_words;
  const uint per_word = kType == kF32 ? 1 : 2, column = i * per_word;
  const uint row = cache_row(step_entry(kTableBegins, token), step_entry(kPositions, token), head, kv_heads, block_tokens);
  const uint key = token * key_stride + head * head_dim + column;
  const uint value = token * value_stride + head * head_dim + column;
  const bool has_first = column < head_dim, has_second = column + 1 < head_dim;  // what pads a row is zero
  key_cache[row * head_words + i] = packed_word(has_first ? keys[key] : 0.0, has_second ? keys[key + 1] : 0.0);
  value_cache[row * head_words + i] = packed_word(has_first ? values[value] : 0.0, has_second ? values[value + 1] : 0.0);
}
