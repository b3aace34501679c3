// Reference decoders, one function per block layout.
// Source of the layouts: ggml's ggml-common.h (structs) and ggml-quants.c (dequantize_row_*).
// The order of the float operations is part of the contract: it is ggml's, so that the values are the same bit for bit.

#include <array>
#include <cstring>

#include "base/check.h"
#include "formats/dtype.h"
#include "formats/half.h"

namespace rbee::formats {
namespace {

using Byte = unsigned char;

std::uint16_t load_u16(const Byte* at) {
  std::uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint32_t load_u32(const Byte* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

float load_half(const Byte* at) {
  return half_to_float(load_u16(at));
}

int low_nibble(Byte b) {
  return b & 15;
}
int high_nibble(Byte b) {
  return b >> 4;
}

void decode_f32(const Byte* block, float* y) {
  std::memcpy(y, block, sizeof(float));
}
void decode_f16(const Byte* block, float* y) {
  *y = load_half(block);
}
void decode_bf16(const Byte* block, float* y) {
  *y = bfloat16_to_float(load_u16(block));
}

void decode_q8_0(const Byte* block, float* y) {
  const float d = load_half(block);
  for (int j = 0; j < 32; ++j) y[j] = static_cast<float>(static_cast<std::int8_t>(block[2 + j])) * d;
}

// Byte j holds value j in its low nibble and value j + 16 in its high one.
void decode_q4_0(const Byte* block, float* y) {
  const float d = load_half(block);
  for (int j = 0; j < 16; ++j) {
    y[j] = static_cast<float>(low_nibble(block[2 + j]) - 8) * d;
    y[j + 16] = static_cast<float>(high_nibble(block[2 + j]) - 8) * d;
  }
}

// The fifth bits lie in one 32-bit word: bit j belongs to value j.
void decode_q5_0(const Byte* block, float* y) {
  const float d = load_half(block);
  const std::uint32_t high_bits = load_u32(block + 2);
  for (int j = 0; j < 16; ++j) {
    const int low = low_nibble(block[6 + j]) | static_cast<int>((high_bits >> j) & 1u) << 4;
    const int high = high_nibble(block[6 + j]) | static_cast<int>((high_bits >> (j + 16)) & 1u) << 4;
    y[j] = static_cast<float>(low - 16) * d;
    y[j + 16] = static_cast<float>(high - 16) * d;
  }
}

constexpr std::array<float, 16> kIq4NlValues = {-127, -104, -83, -65, -49, -35, -22, -10,
                                                1,    13,   25,  38,  53,  69,  89,  113};

void decode_iq4_nl(const Byte* block, float* y) {
  const float d = load_half(block);
  for (int j = 0; j < 16; ++j) {
    y[j] = d * kIq4NlValues[static_cast<std::size_t>(low_nibble(block[2 + j]))];
    y[j + 16] = d * kIq4NlValues[static_cast<std::size_t>(high_nibble(block[2 + j]))];
  }
}

struct ScaleAndMin {
  int scale, min;
};

// Eight pairs of 6-bit numbers in 12 bytes: pairs 0..3 lie in the low 6 bits of bytes 0..7, pairs 4..7 in the nibbles
// of bytes 8..11 with their two upper bits in the upper bits of bytes 0..7.
ScaleAndMin scale_and_min(const Byte* s, int i) {
  if (i < 4) return {s[i] & 63, s[i + 4] & 63};
  return {(s[i + 4] & 15) | (s[i - 4] >> 6) << 4, (s[i + 4] >> 4) | (s[i] >> 6) << 4};
}

// Each 32 bytes hold two groups of 32 values, low nibbles first.
void decode_q4_k(const Byte* block, float* y) {
  const float d = load_half(block), dmin = load_half(block + 2);
  const Byte* scales = block + 4;
  const Byte* q = block + 16;
  for (int group = 0; group < 8; ++group) {
    const auto [scale, min] = scale_and_min(scales, group);
    const float d1 = d * static_cast<float>(scale), m1 = dmin * static_cast<float>(min);
    const Byte* bytes = q + group / 2 * 32;
    for (int l = 0; l < 32; ++l) {
      const int value = group % 2 == 0 ? low_nibble(bytes[l]) : high_nibble(bytes[l]);
      y[group * 32 + l] = d1 * static_cast<float>(value) - m1;
    }
  }
}

// As Q4_K; bit i of high[l] is the fifth bit of value l of group i.
void decode_q5_k(const Byte* block, float* y) {
  const float d = load_half(block), dmin = load_half(block + 2);
  const Byte* scales = block + 4;
  const Byte* high = block + 16;
  const Byte* q = block + 48;
  for (int group = 0; group < 8; ++group) {
    const auto [scale, min] = scale_and_min(scales, group);
    const float d1 = d * static_cast<float>(scale), m1 = dmin * static_cast<float>(min);
    const Byte* bytes = q + group / 2 * 32;
    for (int l = 0; l < 32; ++l) {
      const int low = group % 2 == 0 ? low_nibble(bytes[l]) : high_nibble(bytes[l]);
      const int value = low + ((high[l] >> group & 1) != 0 ? 16 : 0);
      y[group * 32 + l] = d1 * static_cast<float>(value) - m1;
    }
  }
}

// Two halves of 128 values: 64 bytes of low nibbles and 32 bytes of upper bit pairs each.
void decode_q6_k(const Byte* block, float* y) {
  const float d = load_half(block + 208);
  for (int half = 0; half < 2; ++half) {
    const Byte* low = block + half * 64;
    const Byte* high = block + 128 + half * 32;
    const Byte* scales = block + 192 + half * 8;
    for (int quarter = 0; quarter < 4; ++quarter) {
      const Byte* bytes = low + quarter % 2 * 32;
      for (int l = 0; l < 32; ++l) {
        const int nibble = quarter < 2 ? low_nibble(bytes[l]) : high_nibble(bytes[l]);
        const int value = (nibble | (high[l] >> (2 * quarter) & 3) << 4) - 32;
        const auto scale = static_cast<std::int8_t>(scales[quarter * 2 + l / 16]);
        y[half * 128 + quarter * 32 + l] = d * static_cast<float>(scale) * static_cast<float>(value);
      }
    }
  }
}

using BlockDecoder = void (*)(const Byte*, float*);

BlockDecoder decoder_of(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return decode_f32;
    case DType::kF16:
      return decode_f16;
    case DType::kBF16:
      return decode_bf16;
    case DType::kQ8_0:
      return decode_q8_0;
    case DType::kQ4_0:
      return decode_q4_0;
    case DType::kQ5_0:
      return decode_q5_0;
    case DType::kQ4_K:
      return decode_q4_k;
    case DType::kQ5_K:
      return decode_q5_k;
    case DType::kQ6_K:
      return decode_q6_k;
    case DType::kIQ4_NL:
      return decode_iq4_nl;
  }
  RBEE_CHECK(false);
}

}  // namespace

void dequantize_row(DType dtype, const void* row, float* out, std::uint64_t values) {
  const DTypeInfo info = dtype_info(dtype);
  RBEE_CHECK(values % info.block_values == 0);
  const BlockDecoder decode = decoder_of(dtype);
  const Byte* block = static_cast<const Byte*>(row);
  for (std::uint64_t done = 0; done < values; done += info.block_values, block += info.block_bytes) {
    decode(block, out + done);
  }
}

}  // namespace rbee::formats
