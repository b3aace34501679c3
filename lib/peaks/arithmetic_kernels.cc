#include "peaks/arithmetic_kernels.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rbee::peaks {
namespace {

// Enough independent sums to fill two pipes of five cycles, few enough for 16 registers.
constexpr int kSums = 12;

std::uint64_t portable_float(std::uint64_t rounds) {
  constexpr int kWidth = 32;
  float sums[kWidth];
  for (int i = 0; i < kWidth; ++i) sums[i] = static_cast<float>(i + static_cast<int>(rounds & 1));
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (float& sum : sums) sum = sum * 0.999F + 0.001F;
  }
  float total = 0;
  for (const float sum : sums) total += sum;
  return std::bit_cast<std::uint32_t>(total);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) std::uint64_t avx2_float(std::uint64_t rounds) {
  const __m256 factor = _mm256_set1_ps(0.999F), one = _mm256_set1_ps(static_cast<float>(rounds & 1));
  __m256 sums[kSums];
  for (__m256& sum : sums) sum = one;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, factor, one);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm256_add_ps(sums[0], sums[i]);
  return std::bit_cast<std::uint32_t>(_mm256_cvtss_f32(sums[0]));
}

// vpmaddubsw, vpmaddwd and vpaddd make 32 products of bytes and add them to 8 sums.
__attribute__((target("avx2"))) std::uint64_t avx2_int8(std::uint64_t rounds) {
  const __m256i a = _mm256_set1_epi8(static_cast<char>(rounds & 63)), ones = _mm256_set1_epi16(1);
  __m256i sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm256_set1_epi32(i);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    // The sum so far is the other factor: products that depend on nothing would be computed once.
    for (__m256i& sum : sums) {
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, sum), ones));
    }
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm256_add_epi32(sums[0], sums[i]);
  return static_cast<std::uint32_t>(_mm256_extract_epi32(sums[0], 0));
}

__attribute__((target("avx512f"))) std::uint64_t avx512_float(std::uint64_t rounds) {
  const __m512 factor = _mm512_set1_ps(0.999F), one = _mm512_set1_ps(static_cast<float>(rounds & 1));
  __m512 sums[kSums];
  for (__m512& sum : sums) sum = one;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, factor, one);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  return std::bit_cast<std::uint32_t>(_mm512_cvtss_f32(sums[0]));
}

__attribute__((target("avx512f,avx512vnni"))) std::uint64_t avx512_int8(std::uint64_t rounds) {
  const __m512i a = _mm512_set1_epi8(static_cast<char>(rounds & 63)), b = _mm512_set1_epi8(3);
  __m512i sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm512_set1_epi32(i);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (__m512i& sum : sums) sum = _mm512_dpbusd_epi32(sum, a, b);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm512_castsi512_si128(sums[0])));
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16"))) std::uint64_t avx512_bf16(std::uint64_t rounds) {
  const auto a = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(0x3F803F80U + (rounds & 1))));
  __m512 sums[kSums];
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (__m512& sum : sums) sum = _mm512_dpbf16_ps(sum, a, a);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  return std::bit_cast<std::uint32_t>(_mm512_cvtss_f32(sums[0]));
}

#endif

}  // namespace

std::vector<ArithmeticKernel> arithmetic_kernels() {
  std::vector<ArithmeticKernel> kernels{{"portable", Arithmetic::kFloat, 32 * 2, portable_float}};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.push_back({"avx2 vfmadd", Arithmetic::kFloat, kSums * 8 * 2, avx2_float});
    kernels.push_back({"avx2 vpmaddubsw", Arithmetic::kInt8, kSums * 32 * 2, avx2_int8});
  }
  if (__builtin_cpu_supports("avx512f")) {
    kernels.push_back({"avx512 vfmadd", Arithmetic::kFloat, kSums * 16 * 2, avx512_float});
    if (__builtin_cpu_supports("avx512vnni")) {
      kernels.push_back({"avx512 vpdpbusd", Arithmetic::kInt8, kSums * 64 * 2, avx512_int8});
    }
    if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw")) {
      kernels.push_back({"avx512 vdpbf16ps", Arithmetic::kBf16, kSums * 32 * 2, avx512_bf16});
    }
  }
#endif
  return kernels;
}

}  // namespace rbee::peaks
