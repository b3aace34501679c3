#pragma once
// Integer vectors in plain C++ for the panel kernels; see int_avx512_base.h for what each operation does.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/backend/cpu/kernels/simd_portable.h"

namespace rbee::engine::cpu {

struct IntPortable {
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kVectors = 2;
  static constexpr std::size_t kColumns = 2;
  static constexpr bool kFusedFma = false;
  static constexpr std::size_t kAhead = 0;
  static constexpr bool kSignedBytes = true;
  struct Vec {
    std::uint32_t lane[kLanes];
  };
  using FVec = Portable::Vec;

  static Vec set1(std::uint32_t x) {
    return make([=](std::size_t) { return x; });
  }
  static Vec load(const void* p) {
    Vec v;
    std::memcpy(v.lane, p, sizeof(v.lane));
    return v;
  }
  static void store(std::uint8_t* p, const Vec& v) { std::memcpy(p, v.lane, sizeof(v.lane)); }
  static Vec bit_and(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] & b.lane[r]; });
  }
  static Vec bit_or(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] | b.lane[r]; });
  }
  static Vec bit_xor(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] ^ b.lane[r]; });
  }
  static Vec mul(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] * b.lane[r]; });
  }
  template <int n>
  static Vec shift_right(const Vec& v) {
    return make([&](std::size_t r) { return v.lane[r] >> n; });
  }
  template <int n>
  static Vec shift_left(const Vec& v) {
    return make([&](std::size_t r) { return v.lane[r] << n; });
  }
  template <int i>
  static Vec signed_byte(const Vec& v) {
    return make([&](std::size_t r) { return static_cast<std::uint32_t>(signed_byte_of(v.lane[r], i)); });
  }
  static Vec lookup(const Vec& v, const std::int8_t* table) {
    return make([&](std::size_t r) {
      std::uint32_t bytes = 0;
      for (unsigned i = 0; i < 4; ++i) {
        bytes |= std::uint32_t{static_cast<std::uint8_t>(table[(v.lane[r] >> (8 * i)) & 15U])} << (8 * i);
      }
      return bytes;
    });
  }

  static FVec to_float(const Vec& v) {
    return fmake([&](std::size_t r) { return static_cast<float>(static_cast<std::int32_t>(v.lane[r])); });
  }
  static FVec half_to_float(const Vec& v) {
    return fmake([&](std::size_t r) { return Portable::float_of_f16(static_cast<std::uint16_t>(v.lane[r])); });
  }
  static FVec load_halves(const void* p) {
    std::uint16_t halves[kLanes];
    std::memcpy(halves, p, sizeof(halves));
    return fmake([&](std::size_t r) { return Portable::float_of_f16(halves[r]); });
  }
  static FVec fset1(float x) { return Portable::set1(x); }
  static FVec fload(const float* p) { return Portable::load(p); }
  static void fstore(float* p, const FVec& v) { Portable::store(p, v); }
  static FVec fmul(const FVec& a, const FVec& b) { return Portable::mul(a, b); }
  static FVec fma(const FVec& a, const FVec& b, const FVec& c) { return Portable::fma(a, b, c); }
  static FVec fnma(const FVec& a, const FVec& b, const FVec& c) { return Portable::sub(c, Portable::mul(a, b)); }

  static Vec add(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] + b.lane[r]; });
  }
  static Vec dot(const Vec& acc, const Vec& w, const Vec& x) { return dot_signed(acc, w, x); }  // up to 127: the same
  static Vec dot_signed(const Vec& acc, const Vec& w, const Vec& x) {
    // In 16-bit steps, which compilers turn into vector instructions: two products of bytes fit in one.
    std::int16_t a[2 * kLanes], b[2 * kLanes];
    std::memcpy(a, w.lane, sizeof(a));
    std::memcpy(b, x.lane, sizeof(b));
    std::int16_t pairs[2 * kLanes];
    for (std::size_t i = 0; i < 2 * kLanes; ++i) {
      const auto low_a = static_cast<std::int16_t>(static_cast<std::int16_t>(a[i] * 256) >> 8);
      const auto low_b = static_cast<std::int16_t>(static_cast<std::int16_t>(b[i] * 256) >> 8);
      pairs[i] = static_cast<std::int16_t>(low_a * low_b + (a[i] >> 8) * (b[i] >> 8));
    }
    Vec sum;
    for (std::size_t r = 0; r < kLanes; ++r) {
      sum.lane[r] =
          acc.lane[r] + static_cast<std::uint32_t>(pairs[2 * r]) + static_cast<std::uint32_t>(pairs[2 * r + 1]);
    }
    return sum;
  }

  static void prefetch(const std::byte*) {}

 private:
  static std::int32_t signed_byte_of(std::uint32_t lane, int i) {
    return static_cast<std::int8_t>(static_cast<std::uint8_t>(lane >> (8 * i)));
  }
  template <typename F>
  static Vec make(const F& f) {
    Vec v;
    for (std::size_t r = 0; r < kLanes; ++r) v.lane[r] = f(r);
    return v;
  }
  template <typename F>
  static FVec fmake(const F& f) {
    FVec v;
    for (std::size_t r = 0; r < kLanes; ++r) v.lane[r] = f(r);
    return v;
  }
};

}  // namespace rbee::engine::cpu
