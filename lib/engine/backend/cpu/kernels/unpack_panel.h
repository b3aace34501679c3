#pragma once
// Exact unpacking of quantized blocks into panels, over any integer vector type of int_*.h. Lanes are rows.
// Source of the block layouts: ggml's ggml-common.h and the dequantize_row functions of ggml-quants.c.

#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// Where a block's unpacked values go; see panel.h.
template <class I>
struct PanelPart {
  std::uint8_t* bytes;
  float* scales;
  float* mins;

  /// The bytes of values 4g .. 4g+3.
  void put(std::size_t g, typename I::Vec v) const { I::store(bytes + 4 * I::kRows * g, v); }
  void put_scale(std::size_t i, typename I::FVec v) const { I::fstore(scales + I::kRows * i, v); }
  void put_min(std::size_t i, typename I::FVec v) const { I::fstore(mins + I::kRows * i, v); }
};

constexpr std::uint32_t kLowNibbles = 0x0F0F0F0F;
constexpr std::uint32_t kPlus128 = 0x80808080;  // by exclusive or: signed bytes become unsigned

// Each format says: values and bytes of a block, scales per 32 values, whether it has mins, the largest of its panel's
// bytes, and what was added to them to make them unsigned (a power of two, as a shift; -1: nothing).

template <class I>
struct UnpackQ8_0 {
  static constexpr std::size_t kValues = 32, kBytes = 34, kParts = 1;
  static constexpr bool kMins = false;
  static constexpr std::int64_t kMost = 255;
  static constexpr int kOffsetShift = 7;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    typename I::Vec v[4];
    for (std::size_t half = 0; half < 2; ++half) {
      I::load_rows(rows, at + 2 + 16 * half, v);
      for (std::size_t g = 0; g < 4; ++g) {
        out.put(4 * half + g, I::bit_xor(v[g], I::set1(kPlus128)));
      }
    }
    out.put_scale(0, I::half_to_float(I::load_dwords(rows, at)));
  }
};

template <class I>
struct UnpackQ4_0 {
  static constexpr std::size_t kValues = 32, kBytes = 18, kParts = 1;
  static constexpr bool kMins = false;
  static constexpr std::int64_t kMost = 15;
  static constexpr int kOffsetShift = 3;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    typename I::Vec v[4];
    I::load_rows(rows, at + 2, v);
    const auto mask = I::set1(kLowNibbles);
    for (std::size_t g = 0; g < 4; ++g) {
      out.put(g, I::bit_and(v[g], mask));
      out.put(4 + g, I::bit_and(I::template shift_right<4>(v[g]), mask));
    }
    out.put_scale(0, I::half_to_float(I::load_dwords(rows, at)));
  }
};

template <class I>
struct UnpackIQ4_NL {
  static constexpr std::size_t kValues = 32, kBytes = 18, kParts = 1;
  static constexpr bool kMins = false;
  static constexpr std::int64_t kMost = 255;
  static constexpr int kOffsetShift = 7;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    static constexpr std::int8_t kTable[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                               1,    13,   25,  38,  53,  69,  89,  113};
    typename I::Vec v[4];
    I::load_rows(rows, at + 2, v);
    const auto mask = I::set1(kLowNibbles);
    const auto value = [](typename I::Vec nibbles) {
      return I::bit_xor(I::lookup(nibbles, kTable), I::set1(kPlus128));
    };
    for (std::size_t g = 0; g < 4; ++g) {
      out.put(g, value(I::bit_and(v[g], mask)));
      out.put(4 + g, value(I::bit_and(I::template shift_right<4>(v[g]), mask)));
    }
    out.put_scale(0, I::half_to_float(I::load_dwords(rows, at)));
  }
};

template <class I>
struct UnpackQ5_0 {
  static constexpr std::size_t kValues = 32, kBytes = 22, kParts = 1;
  static constexpr bool kMins = false;
  static constexpr std::int64_t kMost = 31;
  static constexpr int kOffsetShift = 4;
  /// Bit i of every lane (0 to 3) to bit 4 of its byte i: the factor copies the lane to four places.
  static typename I::Vec spread(typename I::Vec bits) {
    const auto four = I::bit_and(bits, I::set1(0xF));
    return I::bit_and(I::mul(four, I::set1(0x02040810U)), I::set1(0x10101010U));
  }
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    typename I::Vec v[4];
    I::load_rows(rows, at + 6, v);
    auto high = I::load_dwords(rows, at + 2);
    const auto mask = I::set1(kLowNibbles);
    for (std::size_t g = 0; g < 4; ++g) {
      out.put(g, I::bit_or(I::bit_and(v[g], mask), spread(high)));
      out.put(4 + g,
              I::bit_or(I::bit_and(I::template shift_right<4>(v[g]), mask), spread(I::template shift_right<16>(high))));
      high = I::template shift_right<4>(high);
    }
    out.put_scale(0, I::half_to_float(I::load_dwords(rows, at)));
  }
};

/// The 16 bytes at the start of Q4_K and Q5_K blocks: d, dmin and eight 6-bit scales and minimums.
template <class I>
void unpack_k_header(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
  using V = typename I::Vec;
  V h[4];
  I::load_rows(rows, at, h);
  const auto d = I::half_to_float(h[0]);
  const auto dmin = I::half_to_float(I::template shift_right<16>(h[0]));
  const V six = I::set1(0x3F3F3F3FU);
  const V low = I::set1(kLowNibbles), high = I::set1(0x30303030U);
  // Four bytes at a time: sub-blocks 0 to 3 in 6 bits, 4 to 7 as a nibble and two bits kept above the first four's.
  const V scales[2] = {I::bit_and(h[1], six),
                       I::bit_or(I::bit_and(h[3], low), I::bit_and(I::template shift_right<2>(h[1]), high))};
  const V mins[2] = {I::bit_and(h[2], six), I::bit_or(I::bit_and(I::template shift_right<4>(h[3]), low),
                                                      I::bit_and(I::template shift_right<2>(h[2]), high))};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto put = [&](std::size_t sub, V scale, V min) {
      out.put_scale(4 * i + sub, I::fmul(d, I::to_float(scale)));
      out.put_min(4 * i + sub, I::fmul(dmin, I::to_float(min)));
    };
    put(0, I::template signed_byte<0>(scales[i]), I::template signed_byte<0>(mins[i]));
    put(1, I::template signed_byte<1>(scales[i]), I::template signed_byte<1>(mins[i]));
    put(2, I::template signed_byte<2>(scales[i]), I::template signed_byte<2>(mins[i]));
    put(3, I::template signed_byte<3>(scales[i]), I::template signed_byte<3>(mins[i]));
  }
}

template <class I>
struct UnpackQ4_K {
  static constexpr std::size_t kValues = 256, kBytes = 144, kParts = 1;
  static constexpr bool kMins = true;
  static constexpr std::int64_t kMost = 15;
  static constexpr int kOffsetShift = -1;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    unpack_k_header<I>(rows, at, out);
    const auto mask = I::set1(kLowNibbles);
    for (std::size_t pair = 0; pair < 4; ++pair) {  // 32 bytes: the low nibbles are one sub-block, the high the next
      for (std::size_t half = 0; half < 2; ++half) {
        typename I::Vec v[4];
        I::load_rows(rows, at + 16 + 32 * pair + 16 * half, v);
        for (std::size_t g = 0; g < 4; ++g) {
          out.put(16 * pair + 4 * half + g, I::bit_and(v[g], mask));
          out.put(16 * pair + 8 + 4 * half + g, I::bit_and(I::template shift_right<4>(v[g]), mask));
        }
      }
    }
  }
};

template <class I>
struct UnpackQ5_K {
  static constexpr std::size_t kValues = 256, kBytes = 176, kParts = 1;
  static constexpr bool kMins = true;
  static constexpr std::int64_t kMost = 31;
  static constexpr int kOffsetShift = -1;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    unpack_k_header<I>(rows, at, out);
    for (std::size_t half = 0; half < 2; ++half) {
      typename I::Vec high[4];  // bit s of byte l: the fifth bit of value l of sub-block s
      I::load_rows(rows, at + 16 + 16 * half, high);
      for (std::size_t pair = 0; pair < 4; ++pair) {
        typename I::Vec v[4];
        I::load_rows(rows, at + 48 + 32 * pair + 16 * half, v);
        const auto mask = I::set1(kLowNibbles), one = I::set1(0x01010101U);
        for (std::size_t g = 0; g < 4; ++g) {
          const auto even = I::template shift_left<4>(I::bit_and(high[g], one));
          const auto odd = I::template shift_left<4>(I::bit_and(I::template shift_right<1>(high[g]), one));
          out.put(16 * pair + 4 * half + g, I::bit_or(I::bit_and(v[g], mask), even));
          out.put(16 * pair + 8 + 4 * half + g, I::bit_or(I::bit_and(I::template shift_right<4>(v[g]), mask), odd));
          high[g] = I::template shift_right<2>(high[g]);
        }
      }
    }
  }
};

template <class I>
struct UnpackQ6_K {
  static constexpr std::size_t kValues = 256, kBytes = 210, kParts = 2;
  static constexpr bool kMins = false;
  static constexpr std::int64_t kMost = 63;
  static constexpr int kOffsetShift = 5;
  static void block(const std::byte* const* rows, std::size_t at, const PanelPart<I>& out) {
    using V = typename I::Vec;
    const V mask = I::set1(kLowNibbles), two = I::set1(0x30303030U);
    for (std::size_t n = 0; n < 2; ++n) {  // 128 values
      for (std::size_t half = 0; half < 2; ++half) {
        V a[4], b[4], h[4];
        I::load_rows(rows, at + 64 * n + 16 * half, a);
        I::load_rows(rows, at + 64 * n + 32 + 16 * half, b);
        I::load_rows(rows, at + 128 + 32 * n + 16 * half, h);
        for (std::size_t g = 0; g < 4; ++g) {
          const std::size_t to = 32 * n + 4 * half + g;
          out.put(to, I::bit_or(I::bit_and(a[g], mask), I::bit_and(I::template shift_left<4>(h[g]), two)));
          out.put(to + 8, I::bit_or(I::bit_and(b[g], mask), I::bit_and(I::template shift_left<2>(h[g]), two)));
          out.put(to + 16, I::bit_or(I::bit_and(I::template shift_right<4>(a[g]), mask), I::bit_and(h[g], two)));
          out.put(to + 24, I::bit_or(I::bit_and(I::template shift_right<4>(b[g]), mask),
                                     I::bit_and(I::template shift_right<2>(h[g]), two)));
        }
      }
    }
    // d is the block's last two bytes: the four bytes before its end, upper half.
    const auto d = I::half_to_float(I::template shift_right<16>(I::load_dwords(rows, at + 206)));
    V scales[4];
    I::load_rows(rows, at + 192, scales);
    for (std::size_t i = 0; i < 4; ++i) {
      out.put_scale(4 * i + 0, I::fmul(d, I::to_float(I::template signed_byte<0>(scales[i]))));
      out.put_scale(4 * i + 1, I::fmul(d, I::to_float(I::template signed_byte<1>(scales[i]))));
      out.put_scale(4 * i + 2, I::fmul(d, I::to_float(I::template signed_byte<2>(scales[i]))));
      out.put_scale(4 * i + 3, I::fmul(d, I::to_float(I::template signed_byte<3>(scales[i]))));
    }
  }
};

}  // namespace rbee::engine::cpu
