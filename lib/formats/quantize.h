#pragma once
// From float32 values to the blocks of quantized types: the other direction of dequantize_row().

#include <cstdint>

#include "formats/dtype.h"

namespace rbee::formats {

/// The largest magnitude that quantize_row() takes: the largest binary16 number, since scales are binary16.
constexpr float kQuantizableMax = 65504.0F;

/// Whether quantize_row() writes this type: Q8_0, Q4_0, Q5_0, Q4_K.
bool can_quantize_to(DType dtype);

/// Writes `values` values as blocks of `dtype` to `out` (any alignment), row_bytes(dtype, values) bytes. `values` is a
/// multiple of the type's block. Returns false, with `out` unspecified, when a value is infinite, not a number or
/// larger than kQuantizableMax.
/// The error that is made small is sum w (y - x)^2 with w = |x| + rms of the block; the blocks are the same bits on
/// every machine. Values far below the scale's precision (2^-24) become zeros.
bool quantize_row(DType dtype, const float* row, void* out, std::uint64_t values);

/// The same without the machine's vector extensions, and bit for bit the same: for tests.
bool quantize_row_portably(DType dtype, const float* row, void* out, std::uint64_t values);

}  // namespace rbee::formats
