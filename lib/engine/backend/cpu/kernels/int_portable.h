#pragma once
// Integer vectors in plain C++ for the panel kernels; see int_avx512_vnni.h for what each operation does.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/backend/cpu/kernels/simd_portable.h"

namespace rbee::engine::cpu {

struct IntPortable {
  static constexpr std::size_t kRows = 8;
  static constexpr std::size_t kColumns = 2;
  struct Vec {
    std::uint32_t lane[kRows];
  };
  using FVec = Portable::Vec;

  static Vec set1(std::uint32_t x) {
    return make([=](std::size_t) { return x; });
  }
  static Vec load(const std::uint8_t* p) {
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

  static void load_rows(const std::byte* const* rows, std::size_t offset, Vec* out) {
    for (std::size_t g = 0; g < 4; ++g) out[g] = load_dwords(rows, offset + 4 * g);
  }
  static Vec load_dwords(const std::byte* const* rows, std::size_t offset) {
    return make([&](std::size_t r) {
      std::uint8_t b[4];
      std::memcpy(b, rows[r] + offset, 4);
      return std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
    });
  }

  static FVec to_float(const Vec& v) {
    return fmake([&](std::size_t r) { return static_cast<float>(static_cast<std::int32_t>(v.lane[r])); });
  }
  static FVec half_to_float(const Vec& v) {
    return fmake([&](std::size_t r) { return Portable::float_of_f16(static_cast<std::uint16_t>(v.lane[r])); });
  }
  static FVec fset1(float x) { return Portable::set1(x); }
  static FVec fload(const float* p) { return Portable::load(p); }
  static void fstore(float* p, const FVec& v) { Portable::store(p, v); }
  static FVec fmul(const FVec& a, const FVec& b) { return Portable::mul(a, b); }
  static FVec fma(const FVec& a, const FVec& b, const FVec& c) { return Portable::fma(a, b, c); }
  static FVec fnma(const FVec& a, const FVec& b, const FVec& c) { return Portable::sub(c, Portable::mul(a, b)); }

  static Vec even_bytes(const Vec& v) {
    return make([&](std::size_t r) { return v.lane[r] & 0x00FF00FFU; });
  }
  static Vec odd_bytes(const Vec& v) {
    return make([&](std::size_t r) { return (v.lane[r] >> 8) & 0x00FF00FFU; });
  }
  static Vec add(const Vec& a, const Vec& b) {
    return make([&](std::size_t r) { return a.lane[r] + b.lane[r]; });
  }
  static Vec dot(const Vec& acc, const Vec& w, const Vec& x) {
    return make([&](std::size_t r) {
      const std::int32_t low = signed_word_of(w.lane[r]) * signed_word_of(x.lane[r]);
      const std::int32_t high = signed_word_of(w.lane[r] >> 16) * signed_word_of(x.lane[r] >> 16);
      return acc.lane[r] + static_cast<std::uint32_t>(low) + static_cast<std::uint32_t>(high);
    });
  }

  static void prefetch(const std::byte*) {}

 private:
  static std::int32_t signed_byte_of(std::uint32_t lane, int i) {
    return static_cast<std::int8_t>(static_cast<std::uint8_t>(lane >> (8 * i)));
  }
  static std::int32_t signed_word_of(std::uint32_t lane) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(lane));
  }
  template <typename F>
  static Vec make(const F& f) {
    Vec v;
    for (std::size_t r = 0; r < kRows; ++r) v.lane[r] = f(r);
    return v;
  }
  template <typename F>
  static FVec fmake(const F& f) {
    FVec v;
    for (std::size_t r = 0; r < kRows; ++r) v.lane[r] = f(r);
    return v;
  }
};

}  // namespace rbee::engine::cpu
