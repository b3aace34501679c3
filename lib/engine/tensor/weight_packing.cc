#include "engine/tensor/weight_packing.h"

#include <algorithm>
#include <cstring>

namespace rbee::engine {
namespace {

using formats::DType;
using Byte = unsigned char;

/// Where the planes of a row begin, in words.
struct Planes {
  std::uint32_t bits = 0;    // fifth bits or upper bit pairs
  std::uint32_t scales = 0;  // scales of super-blocks
  std::uint32_t factors = 0;
  std::uint32_t end = 0;
};

std::uint32_t halves_words(std::uint32_t count) {
  return (count + 1) / 2;
}

Planes planes_of(DType dtype, std::uint32_t k) {
  const std::uint32_t nibbles = k / 8;
  switch (dtype) {
    case DType::kF32:
      return {.end = (k + 7) / 8 * 8};
    case DType::kF16:
    case DType::kBF16:
      return {.end = (k + 7) / 8 * 4};
    case DType::kQ8_0:
      return {.factors = k / 4, .end = k / 4 + halves_words(k / 32)};
    case DType::kQ4_0:
    case DType::kIQ4_NL:
      return {.factors = nibbles, .end = nibbles + halves_words(k / 32)};
    case DType::kQ5_0:
      return {.bits = nibbles, .factors = nibbles + k / 32, .end = nibbles + k / 32 + halves_words(k / 32)};
    case DType::kQ4_K:
      return {.scales = nibbles, .factors = nibbles + k / 256 * 3, .end = nibbles + k / 256 * 4};
    case DType::kQ5_K:
      return {.bits = nibbles,
              .scales = nibbles + k / 32,
              .factors = nibbles + k / 32 + k / 256 * 3,
              .end = nibbles + k / 32 + k / 256 * 4};
    case DType::kQ6_K: {
      const std::uint32_t scales = nibbles + k / 16;
      return {.bits = nibbles,
              .scales = scales,
              .factors = scales + k / 64,
              .end = scales + k / 64 + halves_words(k / 256)};
    }
  }
  return {};
}

void put_half(std::uint32_t* words, std::uint32_t index, const Byte* half) {
  std::memcpy(reinterpret_cast<Byte*>(words) + 2 * std::size_t{index}, half, 2);
}

std::uint64_t eight_bytes(const Byte* at) {
  std::uint64_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;  // byte i in bits 8i on: the machines that this runs on are little-endian
}

/// The low nibbles of eight bytes, byte i's at bit 4i.
std::uint32_t low_nibbles(std::uint64_t bytes) {
  bytes &= 0x0F0F0F0F0F0F0F0FU;
  bytes = (bytes | bytes >> 4) & 0x00FF00FF00FF00FFU;
  bytes = (bytes | bytes >> 8) & 0x0000FFFF0000FFFFU;
  return static_cast<std::uint32_t>(bytes | bytes >> 16);
}

/// The low bit pairs of eight bytes, byte i's at bit 2i.
std::uint32_t low_pairs(std::uint64_t bytes) {
  bytes &= 0x0303030303030303U;
  bytes = (bytes | bytes >> 6) & 0x000F000F000F000FU;
  bytes = (bytes | bytes >> 12) & 0x000000FF000000FFU;
  return static_cast<std::uint32_t>((bytes | bytes >> 24) & 0xFFFFU);
}

/// The lowest bits of eight bytes, byte i's at bit i: the product moves each to the top byte without a carry.
std::uint32_t low_bits(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes & 0x0101010101010101U) * 0x0102040810204080U >> 56);
}

/// The low nibbles of 8 * `words` bytes are that many words of values, the high ones those `distance` words on.
void put_nibbles(const Byte* bytes, std::uint32_t words, std::uint32_t* to, std::uint32_t distance) {
  for (std::uint32_t w = 0; w < words; ++w) {
    const std::uint64_t both = eight_bytes(bytes + 8 * w);
    to[w] = low_nibbles(both);
    to[w + distance] = low_nibbles(both >> 4);
  }
}

/// The layouts of the blocks stand in formats/dequantize.cc. `b` counts blocks of the row.
void pack_block_32(DType dtype, const Byte* block, std::uint32_t b, const Planes& planes, std::uint32_t* words) {
  put_half(words + planes.factors, b, block);
  if (dtype == DType::kQ8_0) {
    std::memcpy(words + 8 * b, block + 2, 32);
  } else if (dtype == DType::kQ5_0) {
    std::memcpy(words + planes.bits + b, block + 2, 4);
    put_nibbles(block + 6, 2, words + 4 * b, 2);
  } else {
    put_nibbles(block + 2, 2, words + 4 * b, 2);
  }
}

/// Bit i of byte l is the fifth bit of value l of group i.
void put_fifth_bits(const Byte* bytes, std::uint32_t* words) {
  for (std::uint32_t group = 0; group < 8; ++group) {
    std::uint32_t bits = 0;
    for (std::uint32_t l = 0; l < 32; l += 8) bits |= low_bits(eight_bytes(bytes + l) >> group) << l;
    words[group] = bits;
  }
}

void pack_block_45_k(DType dtype, const Byte* block, std::uint32_t b, const Planes& planes, std::uint32_t* words) {
  std::memcpy(words + planes.factors + b, block, 4);
  std::memcpy(words + planes.scales + 3 * b, block + 4, 12);
  if (dtype == DType::kQ5_K) put_fifth_bits(block + 16, words + planes.bits + 8 * b);
  const Byte* nibbles = block + (dtype == DType::kQ5_K ? 48 : 16);
  for (std::uint32_t pair = 0; pair < 4; ++pair) put_nibbles(nibbles + 32 * pair, 4, words + 32 * b + 8 * pair, 4);
}

void pack_block_6_k(const Byte* block, std::uint32_t b, const Planes& planes, std::uint32_t* words) {
  put_half(words + planes.factors, b, block + 208);
  std::memcpy(words + planes.scales + 4 * b, block + 192, 16);
  for (std::uint32_t half = 0; half < 2; ++half) {
    std::uint32_t* nibbles = words + 32 * b + 16 * half;
    put_nibbles(block + 64 * half, 4, nibbles, 8);
    put_nibbles(block + 64 * half + 32, 4, nibbles + 4, 8);
    const Byte* high = block + 128 + 32 * half;
    for (std::uint32_t w = 0; w < 8; ++w) {  // 16 values each
      const Byte* bytes = high + 16 * (w % 2);
      words[planes.bits + 16 * b + 8 * half + w] =
          low_pairs(eight_bytes(bytes) >> 2 * (w / 2)) | low_pairs(eight_bytes(bytes + 8) >> 2 * (w / 2)) << 16;
    }
  }
}

}  // namespace

std::uint32_t packed_row_words(DType dtype, std::uint32_t columns) {
  return (planes_of(dtype, columns).end + 3) / 4 * 4;
}

void pack_row(DType dtype, const std::byte* row, std::uint32_t columns, std::uint32_t* words) {
  const Planes planes = planes_of(dtype, columns);
  if (!formats::is_quantized(dtype)) {
    const std::uint64_t bytes = formats::row_bytes(dtype, columns);
    std::memcpy(words, row, bytes);
    std::memset(reinterpret_cast<std::byte*>(words) + bytes, 0, planes.end * std::uint64_t{4} - bytes);
    return;
  }
  const std::uint32_t row_words = packed_row_words(dtype, columns);
  std::fill(words + (planes.end == 0 ? 0 : planes.end - 1), words + row_words, 0U);  // half a word may stay unused
  const formats::DTypeInfo info = formats::dtype_info(dtype);
  const auto* block = reinterpret_cast<const Byte*>(row);
  for (std::uint32_t b = 0; b < columns / info.block_values; ++b, block += info.block_bytes) {
    if (info.block_values == 32) {
      pack_block_32(dtype, block, b, planes, words);
    } else if (dtype == DType::kQ6_K) {
      pack_block_6_k(block, b, planes, words);
    } else {
      pack_block_45_k(dtype, block, b, planes, words);
    }
  }
}

}  // namespace rbee::engine
