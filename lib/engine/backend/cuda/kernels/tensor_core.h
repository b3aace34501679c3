#pragma once
// Products of small matrices by the lanes of a warp together.

#include "engine/backend/cuda/kernels/arithmetic.h"

namespace rbee::engine::cuda {

/// Two numbers of 8 significant bits (bfloat16) in a word, the first in its lower half.
using Pair = u32;

/// A float32 as two bfloat16 numbers: together they have 16 significant bits, so that products with them are wrong by
/// 2^-18 of the number at most.
struct SplitPair {
  Pair high, low;
};

/// Exact when both have at most 8 significant bits.
RBEE_BOTH Pair exact_pair(float first, float second) {
  return bits_of(first) >> 16 | (bits_of(second) & 0xFFFF0000U);
}

RBEE_BOTH Pair rounded_pair(float first, float second) {
#if defined(RBEE_ON_DEVICE) && (defined(__CUDA_ARCH__))
  Pair pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
#else
  return bfloat16_of(first) | bfloat16_of(second) << 16;
#endif
}

RBEE_BOTH SplitPair split_pair(float first, float second) {
  const Pair high = rounded_pair(first, second);
  return {high, rounded_pair(first - float_of(high << 16), second - float_of(high & 0xFFFF0000U))};
}

/// One lane's share of a 16 x 16 matrix A and of a 16 x 8 matrix B, the latter as two that are added. With g = lane / 4
/// and t = lane % 4, A: word 0 is row g, columns 2t and 2t + 1; word 1 row g + 8; words 2 and 3 likewise, columns 2t +
/// 8 and 2t + 9. B: word 0 is rows 2t and 2t + 1 of column g, word 1 rows 2t + 8 and 2t + 9. Source: NVIDIA, PTX ISA,
/// "Matrix Fragments for mma.m16n8k16 with floating point type".
struct FragmentA {
  Pair word[4];
};
struct FragmentB {
  Pair high[2], low[2];
};
/// One lane's share of a 16 x 8 matrix of float32: row g, columns 2t and 2t + 1, then row g + 8.
struct FragmentC {
  float value[4];
};

#if defined(RBEE_ON_DEVICE)

RBEE_DEVICE void multiply_add(FragmentC& c, const FragmentA& a, const Pair (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(c.value[0]), "+f"(c.value[1]), "+f"(c.value[2]), "+f"(c.value[3])
      : "r"(a.word[0]), "r"(a.word[1]), "r"(a.word[2]), "r"(a.word[3]), "r"(b[0]), "r"(b[1]));
}

/// c += a[0] b[0] + a[1] b[1] + ..., each with the high parts of b before the low ones. All lanes must call it.
template <u32 steps>
RBEE_DEVICE void multiply_add(FragmentC& c, const FragmentA (&a)[steps], const FragmentB (&b)[steps]) {
  RBEE_UNROLL for (u32 i = 0; i < steps; ++i) {
    multiply_add(c, a[i], b[i].high);
    multiply_add(c, a[i], b[i].low);
  }
}

#else

/// What a lane brings to multiply_add().
struct Multiplication {
  FragmentC* c;
  const FragmentA* a;
  const FragmentB* b;
};

inline float value_of(Pair pair, u32 index) {
  return float_of(index == 0 ? pair << 16 : pair & 0xFFFF0000U);
}

/// c += a b for the warp's matrices, gathered from its lanes.
inline void multiply_matrices(float (&c)[16][8], const float (&a)[16][16], const float (&b)[16][8]) {
  for (u32 row = 0; row < 16; ++row) {
    for (u32 k = 0; k < 16; ++k) {
      for (u32 column = 0; column < 8; ++column) c[row][column] += a[row][k] * b[k][column];
    }
  }
}

/// The row of value i of a lane's c.
constexpr u32 row_of_value(u32 lane, u32 i) {
  return lane / 4 + i / 2 * 8;
}

inline void gather_a(const FragmentA& from, u32 lane, float (&a)[16][16]) {
  const u32 row = lane / 4, k = lane % 4 * 2;
  for (u32 i = 0; i < 2; ++i) {
    a[row][k + i] = value_of(from.word[0], i);
    a[row + 8][k + i] = value_of(from.word[1], i);
    a[row][k + 8 + i] = value_of(from.word[2], i);
    a[row + 8][k + 8 + i] = value_of(from.word[3], i);
  }
}

inline void gather_b(const Pair (&from)[2], u32 lane, float (&b)[16][8]) {
  const u32 column = lane / 4, k = lane % 4 * 2;
  for (u32 i = 0; i < 2; ++i) {
    b[k + i][column] = value_of(from[0], i);
    b[k + 8 + i][column] = value_of(from[1], i);
  }
}

template <u32 steps>
void multiply_gathered(void* const* brought) {
  const auto lane = [&](u32 index) -> const Multiplication& {
    return *static_cast<const Multiplication*>(brought[index]);
  };
  float c[16][8];
  for (u32 l = 0; l < kWarpLanes; ++l) {
    for (u32 i = 0; i < 4; ++i) c[row_of_value(l, i)][l % 4 * 2 + i % 2] = lane(l).c->value[i];
  }
  for (u32 step = 0; step < steps; ++step) {
    float a[16][16], high[16][8], low[16][8];
    for (u32 l = 0; l < kWarpLanes; ++l) {
      gather_a(lane(l).a[step], l, a);
      gather_b(lane(l).b[step].high, l, high);
      gather_b(lane(l).b[step].low, l, low);
    }
    multiply_matrices(c, a, high);
    multiply_matrices(c, a, low);
  }
  for (u32 l = 0; l < kWarpLanes; ++l) {
    for (u32 i = 0; i < 4; ++i) lane(l).c->value[i] = c[row_of_value(l, i)][l % 4 * 2 + i % 2];
  }
}

template <u32 steps>
void multiply_add(FragmentC& c, const FragmentA (&a)[steps], const FragmentB (&b)[steps]) {
  Multiplication mine{&c, a, b};
  simt::together(&mine, multiply_gathered<steps>);
}

#endif

}  // namespace rbee::engine::cuda
