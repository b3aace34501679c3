// out[t, n] = sum over k of x[t, k] W[n, k] by tensor cores, for every type of weight but F32. The inputs are split
// into two bfloat16 numbers each. A sum has one meaning, whatever the number of tokens: k is cut into kSlices slices, a
// slice is summed group by group, and the slices are added from left to right. For few tokens each warp of a block
// takes a slice of the same 16 rows, for many a warp takes all slices of its own 16.
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/step_view.h"
#include "engine/backend/cuda/kernels/weight_fragments.h"
#include "engine/backend/cuda/kernels/weight_types.h"

namespace rbee::engine::cuda {

constexpr u32 kSlices = kTensorThreads / kWarpLanes;
constexpr u32 kRowsOfWarp = 16, kTokensOfTile = 8;

RBEE_DEVICE u32 group_count(const MatmulArgs& a) {
  return (a.columns + kGroupValues - 1) / kGroupValues;
}
/// The first group of a slice.
RBEE_DEVICE u32 slice_begin(u32 groups, u32 slice) {
  return static_cast<u32>(u64{groups} * slice / kSlices);
}

/// A lane's inputs of one group for the token of its column: what lies behind the last column is not a number to be
/// used.
template <WeightType type>
RBEE_DEVICE void load_inputs(const MatmulArgs& a, u32 token, u32 group, u32 t, FragmentB (&b)[2]) {
  const float* x = a.x + u64{token} * a.x_stride;
  RBEE_UNROLL for (u32 step = 0; step < 2; ++step) {
    const u32 first = kGroupValues * group + first_value<type>(t, step);
    FourWords four{};
    if (first < a.columns) four = load_four(reinterpret_cast<const u32*>(x) + first);
    RBEE_UNROLL for (u32 i = 0; i < 4; ++i) {
      if (first + i >= a.columns) four.word[i] = 0;
    }
    RBEE_UNROLL for (u32 i = 0; i < 2; ++i) {
      const SplitPair split = split_pair(float_of(four.word[2 * i]), float_of(four.word[2 * i + 1]));
      b[step].high[i] = split.high;
      b[step].low[i] = split.low;
    }
  }
}

/// A lane's rows g and g + 8 of one group.
template <WeightType type>
struct WeightGroup {
  FragmentA parts[kWeightParts<type>][2];  // by step
  GroupScale low, high;                    // of row g, of row g + 8
};

template <WeightType type>
RBEE_DEVICE WeightGroup<type> load_weights(const MatmulArgs& a, const u32* low, const u32* high, u32 group, u32 t) {
  WeightGroup<type> loaded;
  RBEE_UNROLL for (u32 part = 0; part < kWeightParts<type>; ++part) {
    const RowPart first = load_part<type>(low, group, a.columns, t, part);
    const RowPart second = load_part<type>(high, group, a.columns, t, part);
    RBEE_UNROLL for (u32 step = 0; step < 2; ++step) {
      loaded.parts[part][step] =
          FragmentA{{first.pair[step][0], second.pair[step][0], first.pair[step][1], second.pair[step][1]}};
    }
  }
  loaded.low = load_scale<type>(low, group, a.columns);
  loaded.high = load_scale<type>(high, group, a.columns);
  return loaded;
}

RBEE_DEVICE void add_scaled(FragmentC& sums, const FragmentC& product, float low, float high) {
  RBEE_UNROLL for (u32 i = 0; i < 4; ++i) sums.value[i] = fused(i < 2 ? low : high, product.value[i], sums.value[i]);
}

/// Adds a group's product to the sums.
template <WeightType type>
RBEE_DEVICE void add_group(FragmentC& sums, const WeightGroup<type>& w, const FragmentB (&b)[2]) {
  if constexpr (!is_scaled<type>) {
    RBEE_UNROLL for (u32 part = 0; part < kWeightParts<type>; ++part) multiply_add(sums, w.parts[part], b);
  } else if constexpr (kScaleSteps<type> == 2) {
    FragmentC product{};
    multiply_add(product, w.parts[0], b);
    add_scaled(sums, product, w.low.scale[0], w.high.scale[0]);
  } else {
    RBEE_UNROLL for (u32 step = 0; step < 2; ++step) {
      const FragmentA one_a[1] = {w.parts[0][step]};
      const FragmentB one_b[1] = {b[step]};
      FragmentC product{};
      multiply_add(product, one_a, one_b);
      add_scaled(sums, product, w.low.scale[step], w.high.scale[step]);
    }
  }
  if constexpr (has_minimum<type>) {
    constexpr Pair kOnes = 0x3F803F80U;
    const FragmentA ones[2] = {{{kOnes, kOnes, kOnes, kOnes}}, {{kOnes, kOnes, kOnes, kOnes}}};
    FragmentC inputs{};  // the sum of the group's inputs, in every row
    multiply_add(inputs, ones, b);
    add_scaled(sums, inputs, -w.low.min, -w.high.min);
  }
}

RBEE_DEVICE void write_output(const MatmulArgs& a, u32 count, u32 row, u32 token, float sum) {
  if (row >= a.rows || token >= count) return;
  if (a.bias != nullptr) sum += a.bias[row];
  if (a.y != nullptr) sum += a.y[u64{token} * a.y_stride + row];
  a.out[u64{token} * a.out_stride + row] = sum;
}

template <WeightType type>
RBEE_DEVICE void matmul_few(const MatmulArgs& a) {
  constexpr u32 kOutputs = kRowsOfWarp * kTokensOfTile;
  RBEE_SHARED(float, partial, kSlices* kOutputs);
  const u32 count = a.step[a.row_kind], first_token = block_y() * kTensorTokensFew;
  if (first_token >= count) return;
  const u32 lane = thread_index() % kWarpLanes, slice = thread_index() / kWarpLanes, g = lane / 4, t = lane % 4;
  const u32 first_row = block_x() * kRowsOfWarp, token = smaller(first_token + g, count - 1);
  const u32* low = a.weight + u64{smaller(first_row + g, a.rows - 1)} * a.row_words;
  const u32* high = a.weight + u64{smaller(first_row + g + 8, a.rows - 1)} * a.row_words;
  const u32 groups = group_count(a), end = slice_begin(groups, slice + 1);
  FragmentC sums{};
  for (u32 group = slice_begin(groups, slice); group < end; ++group) {
    FragmentB b[2];
    load_inputs<type>(a, token, group, t, b);
    add_group<type>(sums, load_weights<type>(a, low, high, group, t), b);
  }
  for (u32 i = 0; i < 4; ++i) {
    partial[slice * kOutputs + (g + i / 2 * 8) * kTokensOfTile + 2 * t + i % 2] = sums.value[i];
  }
  sync_block();
  if (thread_index() >= kOutputs) return;
  float sum = partial[thread_index()];
  for (u32 s = 1; s < kSlices; ++s) sum += partial[s * kOutputs + thread_index()];
  write_output(a, count, first_row + thread_index() / kTokensOfTile, first_token + thread_index() % kTokensOfTile, sum);
}

constexpr u32 kTiles = kTensorTokensMany / kTokensOfTile;  // of tokens
constexpr u32 kStagedGroups = 2;
constexpr u32 kInputWords = 2 * sizeof(FragmentB) / sizeof(u32);

/// The fragments of kStagedGroups groups for all tiles, lane by lane.
template <WeightType type>
RBEE_DEVICE void stage_inputs(const MatmulArgs& a, u32 count, u32 first_group, u32* staged) {
  constexpr u32 kShares = kStagedGroups * kTiles * kWarpLanes;
  for (u32 share = thread_index(); share < kShares; share += kTensorThreads) {
    const u32 lane = share % kWarpLanes, tile = share / kWarpLanes % kTiles, group = share / kWarpLanes / kTiles;
    if (block_y() * kTensorTokensMany + tile * kTokensOfTile >= count) continue;
    const u32 token = smaller(block_y() * kTensorTokensMany + tile * kTokensOfTile + lane / 4, count - 1);
    FragmentB b[2];
    load_inputs<type>(a, token, first_group + group, lane % 4, b);
    u32* const to = staged + share / kWarpLanes * kInputWords * kWarpLanes + lane;
    RBEE_UNROLL for (u32 step = 0; step < 2; ++step) {
      RBEE_UNROLL for (u32 i = 0; i < 2; ++i) {
        to[(4 * step + i) * kWarpLanes] = b[step].high[i];
        to[(4 * step + 2 + i) * kWarpLanes] = b[step].low[i];
      }
    }
  }
}

RBEE_DEVICE void load_staged(const u32* staged, u32 group, u32 tile, u32 lane, FragmentB (&b)[2]) {
  const u32* from = staged + (group * kTiles + tile) * kInputWords * kWarpLanes + lane;
  RBEE_UNROLL for (u32 step = 0; step < 2; ++step) {
    RBEE_UNROLL for (u32 i = 0; i < 2; ++i) {
      b[step].high[i] = from[(4 * step + i) * kWarpLanes];
      b[step].low[i] = from[(4 * step + 2 + i) * kWarpLanes];
    }
  }
}

/// The sums of all slices so far, and of the one that is being added up.
struct TileSums {
  FragmentC total[kTiles] = {};
  FragmentC slice[kTiles] = {};

  RBEE_DEVICE void end_slice(u32 number) {
    RBEE_UNROLL for (u32 tile = 0; tile < kTiles; ++tile) {
      RBEE_UNROLL for (u32 i = 0; i < 4; ++i) {
        const float sum = slice[tile].value[i];
        total[tile].value[i] = number == 0 ? sum : total[tile].value[i] + sum;
        slice[tile].value[i] = 0.0F;
      }
    }
  }
};

template <WeightType type>
RBEE_DEVICE void matmul_many(const MatmulArgs& a) {
  RBEE_SHARED(u32, staged, kStagedGroups * kTiles * kInputWords * kWarpLanes);
  const u32 count = a.step[a.row_kind], first_token = block_y() * kTensorTokensMany;
  if (first_token >= count) return;
  const u32 lane = thread_index() % kWarpLanes, warp = thread_index() / kWarpLanes, g = lane / 4, t = lane % 4;
  const u32 first_row = (block_x() * kSlices + warp) * kRowsOfWarp;
  const u32* low = a.weight + u64{smaller(first_row + g, a.rows - 1)} * a.row_words;
  const u32* high = a.weight + u64{smaller(first_row + g + 8, a.rows - 1)} * a.row_words;
  const u32 groups = group_count(a);
  TileSums sums;
  u32 slice = 0;
  for (u32 first = 0; first < groups; first += kStagedGroups) {
    sync_block();
    stage_inputs<type>(a, count, first, staged);
    sync_block();
    for (u32 group = first; group < smaller(first + kStagedGroups, groups); ++group) {
      while (group >= slice_begin(groups, slice + 1)) sums.end_slice(slice++);
      const WeightGroup<type> weights = load_weights<type>(a, low, high, group, t);
      RBEE_UNROLL for (u32 tile = 0; tile < kTiles; ++tile) {
        if (first_token + tile * kTokensOfTile >= count) continue;
        FragmentB b[2];
        load_staged(staged, group - first, tile, lane, b);
        add_group<type>(sums.slice[tile], weights, b);
      }
    }
  }
  while (slice < kSlices) sums.end_slice(slice++);
  for (u32 tile = 0; tile < kTiles; ++tile) {
    for (u32 i = 0; i < 4; ++i) {
      write_output(a, count, first_row + g + i / 2 * 8, first_token + tile * kTokensOfTile + 2 * t + i % 2,
                   sums.total[tile].value[i]);
    }
  }
}

#define RBEE_MATMUL_TENSOR(K)                                                  \
  RBEE_FOR_TENSOR_TYPES(K, matmul_few, MatmulArgs, kTensorThreads, matmul_few) \
  RBEE_FOR_TENSOR_TYPES(K, matmul_many, MatmulArgs, kTensorThreads, matmul_many)
RBEE_KERNELS(matmul_tensor_kernels, RBEE_MATMUL_TENSOR)

}  // namespace rbee::engine::cuda
