#pragma once
// Quantized weights as the integer kernels read them, and what they are multiplied with.
//
// A panel is a group of weight rows (as many as a vector has 32-bit lanes) unpacked exactly to bytes, for up to
// kPanelBlock values of k. Lane r of every vector belongs to row r, so sums over k need no shuffles:
//   bytes   [k/4][rows][4]   the whole numbers q of four neighbouring k, for each row
//   scales  [k/32 * parts][rows]   y = scale * q - min; one scale per 32 values (parts 1) or 16 (parts 2)
//   mins    [k/32][rows]     only for types with a minimum
// Packing weights at load time would store panels of all k in this form; the kernels would not change.

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// The quantized types of formats::DType.
enum class BlockType : std::uint8_t { kQ8_0, kQ4_0, kQ5_0, kQ4_K, kQ5_K, kQ6_K, kIQ4_NL };

/// Activations as int16 with a float32 scale per 32 values: x = scale * q with |q| <= 32767. Eight bits are not enough:
/// their rounding alone put the logits of small models up to 1.9e-3 (NMSE) off. Each four neighbours lie in the order
/// 0, 2, 1, 3, because the even bytes of a panel's lanes are multiplied first, then the odd ones.
struct QuantizedRows {
  std::int16_t* q = nullptr;                ///< [tokens, columns]
  float* scales = nullptr;                  ///< [tokens, columns / 32]
  float* scaled_sums = nullptr;             ///< [tokens, columns / 32]: scale times the sum of the block's q
  std::int32_t* minus_sums = nullptr;       ///< [tokens, columns / 32]: the sum of the block's q, negated
  std::int32_t* minus_half_sums = nullptr;  ///< [tokens, columns / 16]: likewise of each half
};

/// Weight rows [row_begin, row_end) times all tokens. Within 32 values (16 for Q6_K) products are added as integers,
/// exactly; then each block adds fma(sum, weight scale * activation scale) to the output, from the first block to the
/// last: the same on every instruction set that has fma, whatever `tokens` and the row range.
struct QuantizedMatmul {
  const std::byte* weights = nullptr;  ///< row 0, any alignment
  std::size_t row_bytes = 0;
  BlockType type = BlockType::kQ8_0;
  std::size_t row_begin = 0, row_end = 0;
  std::size_t columns = 0;
  QuantizedRows x;
  std::size_t tokens = 0;
  float* y = nullptr;  ///< [tokens, rows] at y_stride floats
  std::size_t y_stride = 0;
  float* scratch = nullptr;  ///< kPanelScratch floats of the calling thread, aligned to 64 bytes
};

constexpr std::size_t kPanelBlock = 1024;  // bytes of 16 rows: 16 KiB, a third of L1
constexpr std::size_t kPanelRowsMax = 16;
// Bytes, then scales, then mins.
constexpr std::size_t kPanelScratch = kPanelRowsMax * (kPanelBlock / 4 + kPanelBlock / 16 + kPanelBlock / 32);

}  // namespace rbee::engine::cpu
