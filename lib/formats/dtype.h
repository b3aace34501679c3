#pragma once
// Element types of stored tensors, and the layout of their blocks.

#include <cstdint>
#include <string_view>

namespace rbee::formats {

/// How the elements of a tensor are stored. Quantized types come in blocks of several values along a row.
/// Source of the block layouts: ggml's ggml-common.h and ggml-quants.c.
enum class DType : std::uint8_t {
  kF32,
  kF16,
  kBF16,
  kQ8_0,    ///< 32 values, 34 bytes: fp16 d; int8 q[32];                      y = d*q
  kQ4_0,    ///< 32 values, 18 bytes: fp16 d; 4-bit q[32];                     y = d*(q-8)
  kQ5_0,    ///< 32 values, 22 bytes: fp16 d; u32 high bits; 4-bit low[32];    y = d*(q-16)
  kQ4_K,    ///< 256 values, 144 bytes: fp16 d, dmin; 8 6-bit scales and mins; y = d*sc*q - dmin*m
  kQ5_K,    ///< 256 values, 176 bytes: as Q4_K with a fifth bit
  kQ6_K,    ///< 256 values, 210 bytes: 16 int8 scales; fp16 d last;           y = d*sc*(q-32)
  kIQ4_NL,  ///< 32 values, 18 bytes: as Q4_0 with a 16-entry value table
};

struct DTypeInfo {
  std::string_view name;       ///< "F32", "Q4_K", ...
  std::uint32_t block_values;  ///< values per block, 1 for plain types
  std::uint32_t block_bytes;   ///< bytes per block
};

/// The layout of `dtype`.
DTypeInfo dtype_info(DType dtype);

/// True for the block-quantized types.
inline bool is_quantized(DType dtype) {
  return dtype >= DType::kQ8_0;
}

/// Bytes of one row of `values` values; `values` must be a multiple of block_values.
std::uint64_t row_bytes(DType dtype, std::uint64_t values);

/// Bytes of a row that may end within a block, which is then cut off behind its last value: the KV cache's rows. For
/// the plain types and kQ8_0.
std::uint64_t cut_row_bytes(DType dtype, std::uint64_t values);

/// Writes `values` values of the row at `row` (any alignment) as float32 to `out`. `values` is a multiple of
/// block_values. The plain reference decoder of every type; backends have faster ones, tested against it.
void dequantize_row(DType dtype, const void* row, float* out, std::uint64_t values);

}  // namespace rbee::formats
