#include "formats/quantize.h"

#include <cstring>

#include "base/check.h"
#include "formats/encode_q4_k.h"
#include "formats/encode_symmetric.h"

namespace rbee::formats {
namespace {

// False at the first piece that holds infinity, NaN or too large a number. A comparison with NaN is false.
RBEE_PART_OF_CALLER bool all_quantizable(const float* x, std::uint64_t values) {
  constexpr std::uint64_t kPiece = 256;
  for (std::uint64_t begin = 0; begin < values; begin += kPiece) {
    const std::uint64_t end = begin + kPiece < values ? begin + kPiece : values;
    int unfit = 0;
    for (std::uint64_t i = begin; i < end; ++i) unfit |= !(x[i] <= kQuantizableMax && x[i] >= -kQuantizableMax);
    if (unfit != 0) return false;
  }
  return true;
}

template <int width>
RBEE_PART_OF_CALLER void encode_block(DType dtype, const float* x, unsigned char* to) {
  switch (dtype) {
    case DType::kQ8_0:
      return encode_q8_0(x, to);
    case DType::kQ4_0:
      return encode_q4_0<width>(x, to);
    case DType::kQ5_0:
      return encode_q5_0<width>(x, to);
    case DType::kQ4_K:
      return encode_q4_k<width>(x, to);
    default:
      RBEE_CHECK(can_quantize_to(dtype));
  }
}

template <int width>
RBEE_PART_OF_CALLER bool encode_row(DType dtype, const float* row, unsigned char* out, std::uint64_t values) {
  if (!all_quantizable(row, values)) return false;
  const DTypeInfo info = dtype_info(dtype);
  for (std::uint64_t done = 0; done < values; done += info.block_values, out += info.block_bytes) {
    encode_block<width>(dtype, row + done, out);
  }
  return true;
}

using RowEncoder = bool (*)(DType, const float*, unsigned char*, std::uint64_t);

bool encode_row_plain(DType dtype, const float* row, unsigned char* out, std::uint64_t values) {
  return encode_row<4>(dtype, row, out, values);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] bool encode_row_avx2(DType dtype, const float* row, unsigned char* out, std::uint64_t values) {
  return encode_row<8>(dtype, row, out, values);
}
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] bool encode_row_avx512(DType dtype, const float* row,
                                                                             unsigned char* out, std::uint64_t values) {
  return encode_row<16>(dtype, row, out, values);
}

RowEncoder row_encoder() {
  const bool avx512 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
  if (avx512) return encode_row_avx512;
  return __builtin_cpu_supports("avx2") != 0 ? encode_row_avx2 : encode_row_plain;
}
#else
RowEncoder row_encoder() {
  return encode_row_plain;
}
#endif

}  // namespace

bool can_quantize_to(DType dtype) {
  return dtype == DType::kQ8_0 || dtype == DType::kQ4_0 || dtype == DType::kQ5_0 || dtype == DType::kQ4_K;
}

bool quantize_row(DType dtype, const float* row, void* out, std::uint64_t values) {
  RBEE_CHECK(can_quantize_to(dtype) && values % dtype_info(dtype).block_values == 0);
  return row_encoder()(dtype, row, static_cast<unsigned char*>(out), values);
}

bool quantize_row_portably(DType dtype, const float* row, void* out, std::uint64_t values) {
  RBEE_CHECK(can_quantize_to(dtype) && values % dtype_info(dtype).block_values == 0);
  return encode_row_plain(dtype, row, static_cast<unsigned char*>(out), values);
}

}  // namespace rbee::formats
