#pragma once
// What the kernels are called with: plain pointers and sizes, no types of the engine.
// Kernel headers are compiled once per instruction set: what is not a template over the set is always inlined, so that
// the linker can never choose a copy that the machine cannot run.

#include <cstddef>
#include <cstdint>

#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// How a plain float matrix is stored.
enum class FloatType : std::uint8_t { kF32, kF16, kBF16 };

[[gnu::always_inline]] inline std::size_t float_type_bytes(FloatType type) {
  return type == FloatType::kF32 ? 4 : 2;
}

/// Weight rows [row_begin, row_end) times all tokens: y[t][r] = sum over k of w[r][k] * x[t][k], one chain of fma in
/// the order of k, whatever `tokens` and the row range.
struct FloatMatmul {
  const std::byte* panels = nullptr;  ///< of row 0 (panel.h), aligned to kPanelLine
  std::size_t panel_bytes = 0;        ///< from one panel to the next
  FloatType type = FloatType::kF32;
  std::size_t row_begin = 0, row_end = 0;  ///< row_begin a multiple of kPanelRows
  std::size_t columns = 0;
  const float* x = nullptr;  ///< [tokens, columns] at x_stride floats
  std::size_t x_stride = 0;
  /// Instead of x, with kBF16 where Kernels::round_bf16_row is: [tokens, x_stride] values of bfloat16, x_stride even
  /// and the value behind an odd row zero. Products are then added in pairs, still in the order of k.
  const std::uint16_t* x_bf16 = nullptr;
  std::size_t tokens = 0;
  float* y = nullptr;  ///< [tokens, rows] at y_stride floats
  std::size_t y_stride = 0;
};

constexpr std::size_t kFloatAhead = 4096;        // bytes that are fetched ahead of each panel
constexpr std::size_t kFloatChunkColumns = 256;  // with 12 tokens 12 KiB, with two panels 16 KiB: both in L1
constexpr std::size_t kFloatChunkRows = 256;     // 128 KiB of 16-bit weights stay in L2 for all tokens

enum class Activation : std::uint8_t { kSilu, kGeluTanh, kGeluErf };

/// Rotation of one token's heads.
struct RopeRow {
  const float* x = nullptr;  ///< [heads, head_dim]
  float* y = nullptr;        ///< likewise
  std::size_t heads = 0, head_dim = 0;
  std::size_t pairs = 0;       ///< rotary_dim / 2; channels from 2 * pairs on are copied
  const float* cos = nullptr;  ///< [pairs]
  const float* sin = nullptr;  ///< [pairs]
};

}  // namespace rbee::engine::cpu
