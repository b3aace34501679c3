#pragma once
// Eight values of a weight's row as float32. The order of a row's words is that of engine/tensor/weight_packing.h.

#include "engine/backend/cuda/kernels/arithmetic.h"
#include "engine/backend/cuda/kernels/four_words.h"

namespace rbee::engine::cuda {

enum class WeightType : u32 { F32, F16, BF16, Q8_0, Q4_0, Q5_0, Q4_K, Q5_K, Q6_K, IQ4_NL };

struct Eight {
  float value[8];
};

/// Entry `index` of the halves that begin at a word.
RBEE_BOTH float half_at(const u32* halves, u32 index) {
  return float_of_half(halves[index / 2] >> 16 * (index % 2) & 0xFFFFU);
}
RBEE_BOTH float nibble(u32 bits, u32 index) {
  return static_cast<float>(bits >> 4 * index & 15U);
}
RBEE_BOTH float signed_byte(u32 bits, u32 index) {
  return static_cast<float>(static_cast<int>(bits << (24 - 8 * index)) >> 24);
}
/// The four bits above the low nibbles: bit `index`, as 16.
RBEE_BOTH float fifth_bit(u32 bits, u32 index) {
  return static_cast<float>((bits >> index & 1U) << 4);
}

RBEE_BOTH float iq4_nl_value(u32 index) {
  // Sixteen signed bytes: -127 -104 -83 -65, -49 -35 -22 -10, 1 13 25 38, 53 69 89 113.
  const u32 word = index < 8 ? (index < 4 ? 0xBFAD9881U : 0xF6EADDCFU) : (index < 12 ? 0x26190D01U : 0x71594535U);
  return signed_byte(word, index % 4);
}

/// The scale and the minimum of group `group` of a super-block. Eight pairs of 6-bit numbers in 12 bytes: pairs 0..3
/// lie in the low 6 bits of bytes 0..7, pairs 4..7 in the nibbles of bytes 8..11 with their two upper bits in the upper
/// bits of bytes 0..7.
struct ScaleAndMin {
  float scale, min;
};
RBEE_BOTH ScaleAndMin scale_and_min(const u32* scales, u32 group) {
  const u32 shift = 8 * (group % 4);
  const u32 first = scales[0] >> shift, second = scales[1] >> shift, third = scales[2] >> shift;
  const u32 scale = group < 4 ? first & 63U : (third & 15U) | (first >> 6 & 3U) << 4;
  const u32 min = group < 4 ? second & 63U : (third >> 4 & 15U) | (second >> 6 & 3U) << 4;
  return {static_cast<float>(scale), static_cast<float>(min)};
}

/// Values 8 * k8 to 8 * k8 + 7 of a row of `columns` values.
template <WeightType type>
RBEE_BOTH Eight load_eight(const u32* row, u32 k8, u32 columns) {
  Eight out;
  if constexpr (type == WeightType::F32) {
    const FourWords low = load_four(row + 8 * k8), high = load_four(row + 8 * k8 + 4);
    for (u32 i = 0; i < 4; ++i) {
      out.value[i] = float_of(low.word[i]);
      out.value[4 + i] = float_of(high.word[i]);
    }
  } else if constexpr (type == WeightType::F16 || type == WeightType::BF16) {
    const FourWords words = load_four(row + 4 * k8);
    for (u32 i = 0; i < 4; ++i) {
      const u32 word = words.word[i];
      constexpr bool half = type == WeightType::F16;
      out.value[2 * i] = half ? float_of_half(word & 0xFFFFU) : float_of(word << 16);
      out.value[2 * i + 1] = half ? float_of_half(word >> 16) : float_of(word & 0xFFFF0000U);
    }
  } else if constexpr (type == WeightType::Q8_0) {
    const float d = half_at(row + columns / 4, k8 / 4);
    for (u32 i = 0; i < 8; ++i) out.value[i] = d * signed_byte(row[2 * k8 + i / 4], i % 4);
  } else if constexpr (type == WeightType::Q4_0) {
    const float d = half_at(row + columns / 8, k8 / 4);
    for (u32 i = 0; i < 8; ++i) out.value[i] = d * (nibble(row[k8], i) - 8.0F);
  } else if constexpr (type == WeightType::IQ4_NL) {
    const float d = half_at(row + columns / 8, k8 / 4);
    for (u32 i = 0; i < 8; ++i) out.value[i] = d * iq4_nl_value(row[k8] >> 4 * i & 15U);
  } else if constexpr (type == WeightType::Q5_0) {
    const u32 fifths = row[columns / 8 + k8 / 4] >> 8 * (k8 % 4);
    const float d = half_at(row + columns / 8 + columns / 32, k8 / 4);
    for (u32 i = 0; i < 8; ++i) out.value[i] = d * (nibble(row[k8], i) + fifth_bit(fifths, i) - 16.0F);
  } else if constexpr (type == WeightType::Q4_K || type == WeightType::Q5_K) {
    constexpr bool has_fifth = type == WeightType::Q5_K;
    const u32* planes = row + columns / 8 + (has_fifth ? columns / 32 : 0);
    const u32 block = k8 / 32, factors = planes[3 * (columns / 256) + block];
    const ScaleAndMin pair = scale_and_min(planes + 3 * block, k8 / 4 % 8);
    const float d = float_of_half(factors & 0xFFFFU) * pair.scale, m = float_of_half(factors >> 16) * pair.min;
    const u32 fifths = has_fifth ? row[columns / 8 + k8 / 4] >> 8 * (k8 % 4) : 0;
    for (u32 i = 0; i < 8; ++i) out.value[i] = d * (nibble(row[k8], i) + fifth_bit(fifths, i)) - m;
  } else {
    const u32 upper = row[columns / 8 + k8 / 2] >> 16 * (k8 % 2);
    const u32* scales = row + columns / 8 + columns / 16;
    const float d = half_at(scales + columns / 64, k8 / 32) * signed_byte(scales[k8 / 8], k8 / 2 % 4);
    for (u32 i = 0; i < 8; ++i) {
      out.value[i] = d * (nibble(row[k8], i) + static_cast<float>((upper >> 2 * i & 3U) << 4) - 32.0F);
    }
  }
  return out;
}

}  // namespace rbee::engine::cuda
