#pragma once
// Weights as the kernels read them, and what quantized ones are multiplied with.
//
// Weights are packed when they are loaded: sixteen rows form a panel, and every 32-bit word of a row stands beside the
// same word of the fifteen others, so that a vector holds one word of each row and sums over k need no shuffles:
//   words   [words of a row][16 rows] of 4 bytes: one float32, two neighbouring float16 or bfloat16 values, or the
//   words
//           of the row's quantized blocks, one block behind the other
//   halves  [blocks][16 rows] of 2 bytes: the float16 scale of types whose blocks are not whole words
// Nothing is rounded and nothing grows but the last panel, whose missing rows are zeros.

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

constexpr std::size_t kPanelRows = 16;
constexpr std::size_t kPanelLine = 4 * kPanelRows;  // bytes of one word of every row

/// The quantized types of formats::DType.
enum class BlockType : std::uint8_t { kQ8_0, kQ4_0, kQ5_0, kQ4_K, kQ5_K, kQ6_K, kIQ4_NL };

/// 32 neighbouring activations as whole numbers of 8 bits, x = scale * q with |q| <= 127, and what multiplying needs of
/// them: one cache line, so that a token's values are reached from one pointer.
struct alignas(64) QuantizedBlock {
  std::int8_t q[32];
  float scale;
  float scaled_sum;  ///< scale times the sum of the numbers
  /// What the sum of products with weights that were moved up by 8, 16 or 128 starts with: kSumBias less that much of
  /// the sum of the numbers.
  std::int32_t start_8, start_16, start_128;
  std::int32_t half_starts_32[2];  ///< likewise of each half, for weights moved up by 32
};
static_assert(sizeof(QuantizedBlock) == 64);

/// Sums of products in int32 begin with these bits of the float32 12582912 = 3 * 2^22: whatever whole number of less
/// than 2^22 is added, the bits are those of 12582912 plus that number. So no conversion is needed, and
/// fma(sum, scale, -12582912 * scale) is the number times the scale, rounded once; the subtrahend is exact, since no
/// scale has more than 22 digits.
constexpr std::int32_t kSumBias = 0x4B400000;
constexpr float kSumBiasValue = 12582912.0F;

/// Rows of quantized activations. In 15 bits a number is 128 * q + low, for twice the work.
struct QuantizedRows {
  QuantizedBlock* blocks = nullptr;  ///< [tokens, columns / 32]
  std::int8_t* low = nullptr;        ///< [tokens, columns], or null: 8 bits
};

/// Weight rows [row_begin, row_end) times all tokens. Within 32 values (16 for Q6_K) products are added as integers,
/// exactly; then each block adds fma(sum * weight scale, activation scale) to the output, from the first block to the
/// last: the same on every instruction set that has fma, whatever `tokens` and the row range.
struct QuantizedMatmul {
  const std::byte* panels = nullptr;  ///< of row 0, aligned to kPanelLine
  std::size_t panel_bytes = 0;        ///< from one panel to the next
  BlockType type = BlockType::kQ8_0;
  std::size_t row_begin = 0, row_end = 0;  ///< row_begin a multiple of kPanelRows
  std::size_t columns = 0;
  QuantizedRows x;
  std::size_t tokens = 0;
  float* y = nullptr;  ///< [tokens, rows] at y_stride floats
  std::size_t y_stride = 0;
  float* scratch = nullptr;  ///< kPanelScratch floats of the calling thread, aligned to 64 bytes
};

constexpr std::size_t kUnpackedColumns = 512;      // of 32 rows as bytes: 16 KiB, a third of L1
constexpr std::size_t kActivationBytes = 1 << 20;  // of the tokens that are multiplied at a time: half of L2
constexpr std::size_t kUnpackedRowsMax = 2 * kPanelRows;
// Bytes, then scales and what takes the bias back, then mins.
constexpr std::size_t kPanelScratch =
    kUnpackedRowsMax * (kUnpackedColumns / 4 + 2 * (kUnpackedColumns / 16) + kUnpackedColumns / 32);

}  // namespace rbee::engine::cpu
