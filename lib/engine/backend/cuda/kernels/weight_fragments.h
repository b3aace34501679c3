#pragma once
// Rows of a weight as fragments for tensor cores. A group is 32 values of a row, multiplied in two steps of 16. What a
// product sums may be in any order, so each lane takes the values that it can read at once: with t = lane % 4, of
// floats the eight from 8t on, four for each step; of blocks of 32 and more the four from 4t on of each half, so that a
// step lies within what one scale is for. Weights are whole numbers of at most 8 bits here; their scales come after the
// product.

#include "engine/backend/cuda/kernels/packed_weights.h"
#include "engine/backend/cuda/kernels/tensor_core.h"

namespace rbee::engine::cuda {

constexpr u32 kGroupValues = 32;

template <WeightType type>
constexpr bool is_scaled = type != WeightType::BF16&& type != WeightType::F16;
template <WeightType type>
constexpr bool has_minimum = type == WeightType::Q4_K || type == WeightType::Q5_K;
/// The steps that one scale is for.
template <WeightType type>
constexpr u32 kScaleSteps = type == WeightType::Q6_K ? 1 : 2;
/// F16 has 11 significant bits: two numbers of 8.
template <WeightType type>
constexpr u32 kWeightParts = type == WeightType::F16 ? 2 : 1;

/// Where a lane's four values of a step lie in the group.
template <WeightType type>
RBEE_BOTH u32 first_value(u32 t, u32 step) {
  return is_scaled<type> ? 16 * step + 4 * t : 8 * t + 4 * step;
}

/// A lane's four values of each step of one row.
struct RowPart {
  Pair pair[2][2];
};

/// The weight `index` (0 to 3) of a lane's four of a step, before its scale.
template <WeightType type>
RBEE_BOTH float whole_number(const u32* row, u32 group, u32 columns, u32 t, u32 step, u32 index) {
  if constexpr (type == WeightType::Q8_0) return signed_byte(row[8 * group + 4 * step + t], index);
  const u32 value = 16 * step + 4 * t + index;
  const u32 bits = row[4 * group + 2 * step + t / 2] >> 16 * (t % 2);
  if constexpr (type == WeightType::Q4_0) return nibble(bits, index) - 8.0F;
  if constexpr (type == WeightType::IQ4_NL) return iq4_nl_value(bits >> 4 * index & 15U);
  if constexpr (type == WeightType::Q4_K) return nibble(bits, index);
  if constexpr (type == WeightType::Q5_0)
    return nibble(bits, index) + fifth_bit(row[columns / 8 + group], value) - 16.0F;
  if constexpr (type == WeightType::Q5_K) return nibble(bits, index) + fifth_bit(row[columns / 8 + group], value);
  const u32 upper = row[columns / 8 + 2 * group + step] >> (8 * t + 2 * index) & 3U;
  return nibble(bits, index) + static_cast<float>(upper << 4) - 32.0F;
}

/// Part `part` of kWeightParts of a lane's values. Behind the row's end there are zeros.
template <WeightType type>
RBEE_BOTH RowPart load_part(const u32* row, u32 group, u32 columns, u32 t, u32 part) {
  RowPart loaded{};
  if constexpr (is_scaled<type>) {
    RBEE_UNROLL for (u32 i = 0; i < 4; ++i) {
      const u32 step = i / 2, index = i % 2 * 2;
      loaded.pair[step][i % 2] = exact_pair(whole_number<type>(row, group, columns, t, step, index),
                                            whole_number<type>(row, group, columns, t, step, index + 1));
    }
  } else {
    if (kGroupValues * group + 8 * t >= columns) return loaded;
    const FourWords words = load_four(row + 16 * group + 4 * t);
    RBEE_UNROLL for (u32 i = 0; i < 4; ++i) {
      const u32 word = words.word[i];
      if constexpr (type == WeightType::BF16) {
        loaded.pair[i / 2][i % 2] = word;
      } else {
        const SplitPair split = split_pair(float_of_half(word & 0xFFFFU), float_of_half(word >> 16));
        loaded.pair[i / 2][i % 2] = part == 0 ? split.high : split.low;
      }
    }
  }
  return loaded;
}

/// What the products of a row's group are multiplied with, by step, and what is subtracted per value.
struct GroupScale {
  float scale[2], min;
};

template <WeightType type>
RBEE_BOTH GroupScale load_scale(const u32* row, u32 group, u32 columns) {
  GroupScale loaded{{1.0F, 1.0F}, 0.0F};
  if constexpr (type == WeightType::Q8_0) {
    loaded.scale[0] = half_at(row + columns / 4, group);
  } else if constexpr (type == WeightType::Q4_0 || type == WeightType::IQ4_NL) {
    loaded.scale[0] = half_at(row + columns / 8, group);
  } else if constexpr (type == WeightType::Q5_0) {
    loaded.scale[0] = half_at(row + columns / 8 + columns / 32, group);
  } else if constexpr (has_minimum<type>) {
    const u32* planes = row + columns / 8 + (type == WeightType::Q5_K ? columns / 32 : 0);
    const u32 factors = planes[3 * (columns / 256) + group / 8];
    const ScaleAndMin pair = scale_and_min(planes + 3 * (group / 8), group % 8);
    loaded.scale[0] = float_of_half(factors & 0xFFFFU) * pair.scale;
    loaded.min = float_of_half(factors >> 16) * pair.min;
  } else if constexpr (type == WeightType::Q6_K) {
    const u32* scales = row + columns / 8 + columns / 16;
    const float d = half_at(scales + columns / 64, group / 8);
    for (u32 step = 0; step < 2; ++step) {
      loaded.scale[step] = d * signed_byte(scales[group / 2], group % 2 * 2 + step);
    }
  }
  return loaded;
}

}  // namespace rbee::engine::cuda
