#pragma once
// Float vectors in plain C++; see simd_avx512.h for what each operation does. fma rounds twice here: a fused one would
// be a library call per lane on machines without it.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rbee::engine::cpu {

struct Portable {
  static constexpr std::size_t kLanes = 8;
  static constexpr bool kBf16Products = false;
  static constexpr std::size_t kPanelColumns = 2;
  static constexpr std::size_t kAttentionTile = 2;
  struct Vec {
    float lane[kLanes];
  };

  static Vec zero() { return Vec{}; }
  static Vec set1(float x) {
    return make([=](std::size_t) { return x; });
  }

  static Vec load(const void* p) {
    Vec v;
    std::memcpy(v.lane, p, sizeof(v.lane));
    return v;
  }
  static Vec load(const void* p, std::size_t n) {
    Vec v{};
    std::memcpy(v.lane, p, n * sizeof(float));
    return v;
  }
  static void store(float* p, const Vec& v) { std::memcpy(p, v.lane, sizeof(v.lane)); }
  static void store(float* p, const Vec& v, std::size_t n) { std::memcpy(p, v.lane, n * sizeof(float)); }

  static Vec load_bf16(const void* p) { return load_bf16(p, kLanes); }
  static Vec load_bf16(const void* p, std::size_t n) { return widen(p, n, float_of_bf16); }
  static Vec load_f16(const void* p) { return load_f16(p, kLanes); }
  static Vec load_f16(const void* p, std::size_t n) { return widen(p, n, float_of_f16); }
  static void store_bf16(void* p, const Vec& v) { store_bf16(p, v, kLanes); }
  static void store_bf16(void* p, const Vec& v, std::size_t n) { narrow(p, v, n, bf16_of_float); }
  static void store_f16(void* p, const Vec& v) { store_f16(p, v, kLanes); }
  static void store_f16(void* p, const Vec& v, std::size_t n) { narrow(p, v, n, f16_of_float); }

  static void load_bf16_pairs(const void* p, Vec& even, Vec& odd) { load_pairs<float_of_bf16>(p, even, odd); }
  static void load_f16_pairs(const void* p, Vec& even, Vec& odd) { load_pairs<float_of_f16>(p, even, odd); }

  static Vec load_int8(const void* p) { return load_int8(p, kLanes); }
  static Vec load_int8(const void* p, std::size_t n) {
    std::int8_t bytes[kLanes] = {};
    std::memcpy(bytes, p, n);
    return make([&](std::size_t i) { return static_cast<float>(bytes[i]); });
  }

  static void store_int8(std::int8_t* p, const Vec& v) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float x = v.lane[i];
      p[i] = x > -129.0F && x < 128.0F ? static_cast<std::int8_t>(x) : std::int8_t{-128};
    }
  }

  static Vec add(const Vec& a, const Vec& b) {
    return make([&](std::size_t i) { return a.lane[i] + b.lane[i]; });
  }
  static Vec sub(const Vec& a, const Vec& b) {
    return make([&](std::size_t i) { return a.lane[i] - b.lane[i]; });
  }
  static Vec mul(const Vec& a, const Vec& b) {
    return make([&](std::size_t i) { return a.lane[i] * b.lane[i]; });
  }
  static Vec div(const Vec& a, const Vec& b) {
    return make([&](std::size_t i) { return a.lane[i] / b.lane[i]; });
  }
  static Vec fma(const Vec& a, const Vec& b, const Vec& c) {
    return make([&](std::size_t i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
  }
  static Vec max(const Vec& a, const Vec& b) { return select_less(b, a, a, b); }
  static Vec min(const Vec& a, const Vec& b) { return select_less(a, b, a, b); }
  static Vec abs(const Vec& a) {
    return make([&](std::size_t i) { return std::fabs(a.lane[i]); });
  }
  static Vec select_less(const Vec& a, const Vec& b, const Vec& x, const Vec& y) {
    return make([&](std::size_t i) { return a.lane[i] < b.lane[i] ? x.lane[i] : y.lane[i]; });
  }
  static Vec round(const Vec& a) {
    return make([&](std::size_t i) { return std::nearbyint(a.lane[i]); });
  }
  static Vec exp2_whole(const Vec& n) {
    return make([&](std::size_t i) {
      const float whole = n.lane[i] > -127.0F && n.lane[i] < 128.0F ? n.lane[i] : 0.0F;  // a NaN cannot be cast
      return float_of_bits(static_cast<std::uint32_t>(static_cast<std::int32_t>(whole) + 127) << 23);
    });
  }

  static float sum(const Vec& v) {
    const float* x = v.lane;
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
  }
  static float max_lane(const Vec& v) {
    float most = v.lane[0];
    for (std::size_t i = 1; i < kLanes; ++i) most = most < v.lane[i] ? v.lane[i] : most;
    return most;
  }

  static void prefetch(const void*) {}

  static float float_of_bits(std::uint32_t bits) {
    float x;
    std::memcpy(&x, &bits, sizeof(x));
    return x;
  }
  static std::uint32_t bits_of_float(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof(bits));
    return bits;
  }
  static float float_of_bf16(std::uint16_t h) { return float_of_bits(std::uint32_t{h} << 16); }
  static std::uint16_t bf16_of_float(float x) {
    const std::uint32_t bits = bits_of_float(x);
    if (x != x) return static_cast<std::uint16_t>((bits | 0x400000U) >> 16);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
  }
  /// Exact for every half: scaling by 2^112 moves the exponent's bias from 15 to 127, subnormals included.
  static float float_of_f16(std::uint16_t h) {
    const std::uint32_t magnitude = std::uint32_t{h & 0x7FFFU} << 13;
    const std::uint32_t sign = std::uint32_t{h & 0x8000U} << 16;
    if (magnitude >= 0x0F800000U) return float_of_bits(sign | magnitude | 0x7F800000U);  // infinity, NaN
    return float_of_bits(sign | bits_of_float(float_of_bits(magnitude) * 0x1p112F));
  }
  /// Rounds to nearest even, as the F16C instructions do.
  static std::uint16_t f16_of_float(float x) {
    const std::uint32_t bits = bits_of_float(x);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U | ((magnitude >> 13) & 0x3FFU));
    if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // 65520 and above
    if (magnitude < 0x38800000U) {  // below 2^-14: adding 0.5 rounds to a multiple of 2^-24 in the low bits
      const float shifted = float_of_bits(magnitude) + 0.5F;
      return static_cast<std::uint16_t>(sign | (bits_of_float(shifted) - 0x3F000000U));
    }
    const std::uint32_t rounded = magnitude + 0xFFFU + ((magnitude >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000U) >> 13));
  }

 private:
  template <typename F>
  static Vec make(const F& f) {
    Vec v;
    for (std::size_t i = 0; i < kLanes; ++i) v.lane[i] = f(i);
    return v;
  }
  static Vec widen(const void* p, std::size_t n, float (*convert)(std::uint16_t)) {
    std::uint16_t halves[kLanes] = {};
    std::memcpy(halves, p, n * sizeof(std::uint16_t));
    return make([&](std::size_t i) { return convert(halves[i]); });
  }
  template <float (*convert)(std::uint16_t)>
  static void load_pairs(const void* p, Vec& even, Vec& odd) {
    std::uint16_t halves[2 * kLanes];
    std::memcpy(halves, p, sizeof(halves));
    even = make([&](std::size_t i) { return convert(halves[2 * i]); });
    odd = make([&](std::size_t i) { return convert(halves[2 * i + 1]); });
  }
  static void narrow(void* p, const Vec& v, std::size_t n, std::uint16_t (*convert)(float)) {
    std::uint16_t halves[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) halves[i] = convert(v.lane[i]);
    std::memcpy(p, halves, n * sizeof(std::uint16_t));
  }
};

}  // namespace rbee::engine::cpu
