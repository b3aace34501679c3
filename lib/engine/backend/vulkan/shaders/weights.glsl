// load8: eight values of a weight's row as float32. One of WEIGHT_<type> is defined. The order of a row's words is that
// of weight_packing.h.
#if defined(WEIGHT_F32) || defined(WEIGHT_F16) || defined(WEIGHT_BF16)
layout(set = 0, binding = 3, std430) readonly buffer Weight { uvec4 weight[]; };
#else
layout(set = 0, binding = 3, std430) readonly buffer Weight { uint weight[]; };
#endif

struct Eight {
  vec4 low, high;
};

#if defined(WEIGHT_F32)
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint at = row * (row_words / 4) + 2 * k8;
  return Eight(uintBitsToFloat(weight[at]), uintBitsToFloat(weight[at + 1]));
}
#elif defined(WEIGHT_F16)
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uvec4 w = weight[row * (row_words / 4) + k8];
  return Eight(vec4(unpackHalf2x16(w.x), unpackHalf2x16(w.y)), vec4(unpackHalf2x16(w.z), unpackHalf2x16(w.w)));
}
#elif defined(WEIGHT_BF16)
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uvec4 w = weight[row * (row_words / 4) + k8];
  const uvec4 even = w << 16, odd = w & 0xFFFF0000u;
  return Eight(uintBitsToFloat(uvec4(even.x, odd.x, even.y, odd.y)), uintBitsToFloat(uvec4(even.z, odd.z, even.w, odd.w)));
}
#else

// Entry `index` of the halves that begin at a word.
float half_at(uint begin, uint index) {
  const vec2 both = unpackHalf2x16(weight[begin + index / 2]);
  return index % 2 == 0 ? both.x : both.y;
}
uint byte_at(uint begin, uint index) { return weight[begin + index / 4] >> 8 * (index % 4) & 255u; }
vec4 nibbles(uint bits) { return vec4(uvec4(bits, bits >> 4, bits >> 8, bits >> 12) & 15u); }

#if defined(WEIGHT_Q8_0)
vec4 signed_bytes(uint bits) {
  const int b = int(bits);
  return vec4(ivec4(b << 24, b << 16, b << 8, b) >> 24);
}
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint q = row * row_words + 2 * k8;
  const float d = half_at(row * row_words + columns / 4, k8 / 4);
  return Eight(d * signed_bytes(weight[q]), d * signed_bytes(weight[q + 1]));
}
#elif defined(WEIGHT_Q4_0)
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint q = weight[row * row_words + k8];
  const float d = half_at(row * row_words + columns / 8, k8 / 4);
  return Eight(d * (nibbles(q) - 8.0), d * (nibbles(q >> 16) - 8.0));
}
#elif defined(WEIGHT_IQ4_NL)
const float kIq4NlValues[16] =
    float[](-127.0, -104.0, -83.0, -65.0, -49.0, -35.0, -22.0, -10.0, 1.0, 13.0, 25.0, 38.0, 53.0, 69.0, 89.0, 113.0);
vec4 looked_up(uint bits) {
  return vec4(kIq4NlValues[bits & 15u], kIq4NlValues[bits >> 4 & 15u], kIq4NlValues[bits >> 8 & 15u],
              kIq4NlValues[bits >> 12 & 15u]);
}
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint q = weight[row * row_words + k8];
  const float d = half_at(row * row_words + columns / 8, k8 / 4);
  return Eight(d * looked_up(q), d * looked_up(q >> 16));
}
#elif defined(WEIGHT_Q5_0)
vec4 fifth_bits(uint bits) { return vec4(uvec4(bits << 4, bits << 3, bits << 2, bits << 1) & 16u); }
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint begin = row * row_words;
  const uint q = weight[begin + k8];
  const uint high = weight[begin + columns / 8 + k8 / 4] >> 8 * (k8 % 4);
  const float d = half_at(begin + columns / 8 + columns / 32, k8 / 4);
  return Eight(d * (nibbles(q) + fifth_bits(high) - 16.0), d * (nibbles(q >> 16) + fifth_bits(high >> 4) - 16.0));
}
#elif defined(WEIGHT_Q4_K) || defined(WEIGHT_Q5_K)
vec4 fifth_bits(uint bits) { return vec4(uvec4(bits << 4, bits << 3, bits << 2, bits << 1) & 16u); }
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint begin = row * row_words, block = k8 / 32, group = k8 / 4 % 8;
#if defined(WEIGHT_Q5_K)
  const uint planes = begin + columns / 8 + columns / 32;
#else
  const uint planes = begin + columns / 8;
#endif
  // Eight pairs of 6-bit numbers in 12 bytes: pairs 0..3 lie in the low 6 bits of bytes 0..7, pairs 4..7 in the nibbles
  // of bytes 8..11 with their two upper bits in the upper bits of bytes 0..7.
  const uint scales = planes + 3 * block, shift = 8 * (group % 4);
  const uint first = weight[scales] >> shift, second = weight[scales + 1] >> shift, third = weight[scales + 2] >> shift;
  const uint scale = group < 4 ? first & 63u : third & 15u | (first >> 6 & 3u) << 4;
  const uint minimum = group < 4 ? second & 63u : third >> 4 & 15u | (second >> 6 & 3u) << 4;
  const vec2 d = unpackHalf2x16(weight[planes + 3 * (columns / 256) + block]);
  const float d1 = d.x * float(scale), m1 = d.y * float(minimum);
  const uint q = weight[begin + k8];
  vec4 low = nibbles(q), high = nibbles(q >> 16);
#if defined(WEIGHT_Q5_K)
  const uint bits = weight[begin + columns / 8 + k8 / 4] >> 8 * (k8 % 4);
  low += fifth_bits(bits);
  high += fifth_bits(bits >> 4);
#endif
  return Eight(d1 * low - m1, d1 * high - m1);
}
#elif defined(WEIGHT_Q6_K)
vec4 upper_pairs(uint bits) { return vec4(uvec4(bits << 4, bits << 2, bits, bits >> 2) & 48u); }
Eight load8(uint row, uint k8, uint columns, uint row_words) {
  const uint begin = row * row_words;
  const uint q = weight[begin + k8];
  const uint upper = weight[begin + columns / 8 + k8 / 2] >> 16 * (k8 % 2);
  const uint scales = begin + columns / 8 + columns / 16;
  const int scale = int(byte_at(scales, k8 / 2) << 24) >> 24;
  const float d = half_at(scales + columns / 64, k8 / 32) * float(scale);
  return Eight(d * (nibbles(q) + upper_pairs(upper) - 32.0), d * (nibbles(q >> 16) + upper_pairs(upper >> 8) - 32.0));
}
#endif
#endif
