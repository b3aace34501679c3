#pragma once
// Exact unpacking of packed quantized blocks, over any integer vector type of int_*.h. Lanes are rows.
// Source of the block layouts: ggml's ggml-common.h and the dequantize_row functions of ggml-quants.c.
//
// Each format says: values of a block, its words and whether it has a half beside them (panel.h), scales per 32 values,
// whether it has mins, whether its numbers are signed bytes, and what was added to make them unsigned (0: nothing).
// y = scale * (number - offset) - min.

#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// A block of the rows of one vector: the places of its first word and of its half.
struct PackedBlock {
  const std::byte* words;
  const std::byte* half;
};

constexpr std::uint32_t kLowNibbles = 0x0F0F0F0F;
constexpr std::uint32_t kPlus128 = 0x80808080;  // by exclusive or: signed bytes become unsigned

template <class I>
[[gnu::always_inline]] inline typename I::Vec word(const PackedBlock& b, std::size_t i) {
  return I::load(b.words + kPanelLine * i);
}
/// The low (0) or high (1) nibbles of every byte.
template <class I, int kHigh>
[[gnu::always_inline]] inline typename I::Vec nibbles(typename I::Vec v) {
  return I::bit_and(kHigh != 0 ? I::template shift_right<4>(v) : v, I::set1(kLowNibbles));
}
/// Full bytes: signed where the instruction set multiplies such, else moved up by 128.
template <class I>
[[gnu::always_inline]] inline typename I::Vec full_bytes(typename I::Vec v) {
  return I::kSignedBytes ? v : I::bit_xor(v, I::set1(kPlus128));
}

template <class I>
struct BlocksQ8_0 {
  static constexpr std::size_t kValues = 32, kWords = 8, kParts = 1;
  static constexpr bool kHalf = true, kMins = false, kSigned = I::kSignedBytes;
  static constexpr int kOffset = kSigned ? 0 : 128;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
#pragma GCC unroll 8
    for (std::size_t g = 0; g < 8; ++g) v[g] = full_bytes<I>(word<I>(b, g));
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec*) {
    s[0] = I::load_halves(b.half);
  }
};

template <class I>
struct BlocksQ4_0 {
  static constexpr std::size_t kValues = 32, kWords = 4, kParts = 1;
  static constexpr bool kHalf = true, kMins = false, kSigned = false;
  static constexpr int kOffset = 8;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
#pragma GCC unroll 4
    for (std::size_t g = 0; g < 4; ++g) {
      const auto w = word<I>(b, g);
      v[g] = nibbles<I, 0>(w);
      v[4 + g] = nibbles<I, 1>(w);
    }
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec*) {
    s[0] = I::load_halves(b.half);
  }
};

template <class I>
struct BlocksIQ4_NL {
  static constexpr std::size_t kValues = 32, kWords = 4, kParts = 1;
  static constexpr bool kHalf = true, kMins = false, kSigned = I::kSignedBytes;
  static constexpr int kOffset = kSigned ? 0 : 128;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
    static constexpr std::int8_t kTable[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                               1,    13,   25,  38,  53,  69,  89,  113};
#pragma GCC unroll 4
    for (std::size_t g = 0; g < 4; ++g) {
      const auto w = word<I>(b, g);
      v[g] = full_bytes<I>(I::lookup(nibbles<I, 0>(w), kTable));
      v[4 + g] = full_bytes<I>(I::lookup(nibbles<I, 1>(w), kTable));
    }
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec*) {
    s[0] = I::load_halves(b.half);
  }
};

template <class I>
struct BlocksQ5_0 {
  static constexpr std::size_t kValues = 32, kWords = 5, kParts = 1;
  static constexpr bool kHalf = true, kMins = false, kSigned = false;
  static constexpr int kOffset = 16;
  /// Bit i of every lane (0 to 3) to bit 4 of its byte i: the factor copies the lane to four places.
  static typename I::Vec spread(typename I::Vec bits) {
    const auto four = I::bit_and(bits, I::set1(0xF));
    return I::bit_and(I::mul(four, I::set1(0x02040810U)), I::set1(0x10101010U));
  }
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
    auto high = word<I>(b, 0);
#pragma GCC unroll 4
    for (std::size_t g = 0; g < 4; ++g) {
      const auto w = word<I>(b, 1 + g);
      v[g] = I::bit_or(nibbles<I, 0>(w), spread(high));
      v[4 + g] = I::bit_or(nibbles<I, 1>(w), spread(I::template shift_right<16>(high)));
      high = I::template shift_right<4>(high);
    }
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec*) {
    s[0] = I::load_halves(b.half);
  }
};

/// The four words at the start of Q4_K and Q5_K blocks: d, dmin and eight 6-bit scales and minimums.
template <class I>
void k_scales(const PackedBlock& b, typename I::FVec* scales, typename I::FVec* mins) {
  using V = typename I::Vec;
  const V h0 = word<I>(b, 0), h1 = word<I>(b, 1), h2 = word<I>(b, 2), h3 = word<I>(b, 3);
  const auto d = I::half_to_float(h0);
  const auto dmin = I::half_to_float(I::template shift_right<16>(h0));
  const V six = I::set1(0x3F3F3F3FU);
  const V low = I::set1(kLowNibbles), high = I::set1(0x30303030U);
  // Four bytes at a time: sub-blocks 0 to 3 in 6 bits, 4 to 7 as a nibble and two bits kept above the first four's.
  const V s[2] = {I::bit_and(h1, six),
                  I::bit_or(I::bit_and(h3, low), I::bit_and(I::template shift_right<2>(h1), high))};
  const V m[2] = {I::bit_and(h2, six), I::bit_or(I::bit_and(I::template shift_right<4>(h3), low),
                                                 I::bit_and(I::template shift_right<2>(h2), high))};
#pragma GCC unroll 2
  for (std::size_t i = 0; i < 2; ++i) {
    scales[4 * i + 0] = I::fmul(d, I::to_float(I::template signed_byte<0>(s[i])));
    scales[4 * i + 1] = I::fmul(d, I::to_float(I::template signed_byte<1>(s[i])));
    scales[4 * i + 2] = I::fmul(d, I::to_float(I::template signed_byte<2>(s[i])));
    scales[4 * i + 3] = I::fmul(d, I::to_float(I::template signed_byte<3>(s[i])));
    mins[4 * i + 0] = I::fmul(dmin, I::to_float(I::template signed_byte<0>(m[i])));
    mins[4 * i + 1] = I::fmul(dmin, I::to_float(I::template signed_byte<1>(m[i])));
    mins[4 * i + 2] = I::fmul(dmin, I::to_float(I::template signed_byte<2>(m[i])));
    mins[4 * i + 3] = I::fmul(dmin, I::to_float(I::template signed_byte<3>(m[i])));
  }
}

template <class I>
struct BlocksQ4_K {
  static constexpr std::size_t kValues = 256, kWords = 36, kParts = 1;
  static constexpr bool kHalf = false, kMins = true, kSigned = false;
  static constexpr int kOffset = 0;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
    // 32 bytes: the low nibbles are one sub-block, the high ones the next.
#pragma GCC unroll 8
    for (std::size_t g = 0; g < 8; ++g) v[g] = nibbles<I, kSub % 2>(word<I>(b, 4 + 8 * (kSub / 2) + g));
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec* m) {
    k_scales<I>(b, s, m);
  }
};

template <class I>
struct BlocksQ5_K {
  static constexpr std::size_t kValues = 256, kWords = 44, kParts = 1;
  static constexpr bool kHalf = false, kMins = true, kSigned = false;
  static constexpr int kOffset = 0;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
#pragma GCC unroll 8
    for (std::size_t g = 0; g < 8; ++g) {
      const auto bits = word<I>(b, 4 + g);  // bit s of byte l: the fifth bit of value l of sub-block s
      const auto bit = I::bit_and(I::template shift_right<kSub>(bits), I::set1(0x01010101U));
      v[g] = I::bit_or(nibbles<I, kSub % 2>(word<I>(b, 12 + 8 * (kSub / 2) + g)), I::template shift_left<4>(bit));
    }
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec* m) {
    k_scales<I>(b, s, m);
  }
};

template <class I>
struct BlocksQ6_K {
  static constexpr std::size_t kValues = 256, kWords = 52, kParts = 2;
  static constexpr bool kHalf = true, kMins = false, kSigned = false;
  static constexpr int kOffset = 32;
  template <std::size_t kSub>
  static void values(const PackedBlock& b, typename I::Vec* v) {
    constexpr std::size_t kPart = kSub / 4, kQuarter = kSub % 4;  // of 128 values, of 32
    const auto two = I::set1(0x30303030U);
#pragma GCC unroll 8
    for (std::size_t g = 0; g < 8; ++g) {
      const auto low = nibbles<I, kQuarter / 2>(word<I>(b, 16 * kPart + 8 * (kQuarter % 2) + g));
      const auto high = word<I>(b, 32 + 8 * kPart + g);
      constexpr int kUp = kQuarter == 0 ? 4 : kQuarter == 1 ? 2 : 0, kDown = kQuarter == 3 ? 2 : 0;
      v[g] = I::bit_or(low, I::bit_and(I::template shift_right<kDown>(I::template shift_left<kUp>(high)), two));
    }
  }
  static void scales(const PackedBlock& b, typename I::FVec* s, typename I::FVec*) {
    const auto d = I::load_halves(b.half);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      const auto four = word<I>(b, 48 + i);
      s[4 * i + 0] = I::fmul(d, I::to_float(I::template signed_byte<0>(four)));
      s[4 * i + 1] = I::fmul(d, I::to_float(I::template signed_byte<1>(four)));
      s[4 * i + 2] = I::fmul(d, I::to_float(I::template signed_byte<2>(four)));
      s[4 * i + 3] = I::fmul(d, I::to_float(I::template signed_byte<3>(four)));
    }
  }
};

}  // namespace rbee::engine::cpu
