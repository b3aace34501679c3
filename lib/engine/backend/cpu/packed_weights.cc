#include "engine/backend/cpu/packed_weights.h"

#include <atomic>
#include <cstring>

#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "engine/backend/cpu/kernels/panel.h"
#include "engine/backend/cpu/share.h"
#include "engine/tensor/weight_pages.h"

namespace rbee::engine::cpu {
namespace {

/// How a row of a type is cut: blocks of whole words, with a half before them, behind them or not at all.
struct RowParts {
  std::size_t blocks;       // of the row
  std::size_t block_bytes;  // as stored
  std::size_t words;        // of a block
  std::size_t words_at;     // first byte of the words in a block
  bool half;                // beside the words
  std::size_t half_at;
};

RowParts row_parts(formats::DType dtype, std::size_t columns) {
  using formats::DType;
  switch (dtype) {
    case DType::kF32:
      return {columns, 4, 1, 0, false, 0};
    case DType::kF16:
    case DType::kBF16:
      return {(columns + 1) / 2, 4, 1, 0, false, 0};  // an odd row's last word has one value
    case DType::kQ8_0:
      return {columns / 32, 34, 8, 2, true, 0};
    case DType::kQ4_0:
    case DType::kIQ4_NL:
      return {columns / 32, 18, 4, 2, true, 0};
    case DType::kQ5_0:
      return {columns / 32, 22, 5, 2, true, 0};
    case DType::kQ4_K:
      return {columns / 256, 144, 36, 0, false, 0};
    case DType::kQ5_K:
      return {columns / 256, 176, 44, 0, false, 0};
    case DType::kQ6_K:
      return {columns / 256, 210, 52, 0, true, 208};
  }
  return {};
}

std::size_t words_bytes(const RowParts& parts) {
  return parts.blocks * parts.words * kPanelLine;
}

std::size_t panel_bytes(const RowParts& parts) {
  const std::size_t halves = parts.half ? parts.blocks * 2 * kPanelRows : 0;
  return (words_bytes(parts) + halves + kPanelLine - 1) / kPanelLine * kPanelLine;
}

/// `count` words of sixteen rows: word w of row r to to[w][r].
void interleave_words(const std::byte* const* rows, std::size_t at, std::size_t count, std::byte* to) {
  for (std::size_t w = 0; w < count; ++w) {
    std::uint32_t line[kPanelRows];
    for (std::size_t r = 0; r < kPanelRows; ++r) std::memcpy(&line[r], rows[r] + at + 4 * w, 4);
    std::memcpy(to + w * kPanelLine, line, sizeof(line));
  }
}

void pack_panel(const RowParts& parts, const std::byte* const* rows, std::size_t row_bytes, std::byte* to) {
  std::byte* halves = to + words_bytes(parts);
  if (parts.words == 1) {  // floats: one word behind the other
    const std::size_t whole = row_bytes / 4;
    interleave_words(rows, 0, whole, to);
    if (whole == parts.blocks) return;
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      std::byte* word = to + whole * kPanelLine + 4 * r;
      std::memset(word, 0, 4);
      std::memcpy(word, rows[r] + 4 * whole, row_bytes % 4);
    }
    return;
  }
  for (std::size_t b = 0; b < parts.blocks; ++b) {
    interleave_words(rows, b * parts.block_bytes + parts.words_at, parts.words, to + b * parts.words * kPanelLine);
    if (!parts.half) continue;
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      std::memcpy(halves + 2 * (b * kPanelRows + r), rows[r] + b * parts.block_bytes + parts.half_at, 2);
    }
  }
}

std::uint64_t room_for(const Graph& graph, const WeightTable& weights) {
  Checked bytes = 0;
  std::vector<bool> seen(weights.size(), false);
  for (const Op& op : graph.ops) {
    if (op.kind != OpKind::kMatmul || seen[op.weight.value()]) continue;
    seen[op.weight.value()] = true;
    const Weight& weight = weights[op.weight];
    bytes = bytes + packed_bytes(weight.dtype, weight.rows, weight.columns);
  }
  return bytes.value_or_throw("the packed weights");
}

}  // namespace

std::uint64_t packed_bytes(formats::DType dtype, std::uint32_t rows, std::uint32_t columns) {
  const std::uint64_t panels = (std::uint64_t{rows} + kPanelRows - 1) / kPanelRows;
  return (Checked(panels) * panel_bytes(row_parts(dtype, columns))).value_or_throw("a packed matrix");
}

void pack_rows(const Weight& weight, std::size_t row_begin, std::size_t row_end, std::byte* to) {
  const RowParts parts = row_parts(weight.dtype, weight.columns);
  const std::size_t row_bytes = formats::row_bytes(weight.dtype, weight.columns);
  const std::vector<std::byte> zeros(row_bytes);
  for (std::size_t r = row_begin; r < row_end; r += kPanelRows) {
    const std::byte* rows[kPanelRows];
    for (std::size_t i = 0; i < kPanelRows; ++i) {
      rows[i] = r + i < weight.rows ? weight.data + (r + i) * row_bytes : zeros.data();
    }
    pack_panel(parts, rows, row_bytes, to + r / kPanelRows * panel_bytes(parts));
  }
}

PackedWeights::PackedWeights(const Graph& graph, const WeightTable& weights, ThreadPool& pool)
    : memory_(room_for(graph, weights), "the packed weights", AnonymousMemory::Pages::kHuge),
      matrices_(weights.size()) {
  if (const std::uint64_t available = available_memory_bytes(); available != 0 && bytes() > available) {
    fail(ErrorKind::kExhausted, "the packed weights need {} bytes, {} bytes of memory are available", bytes(),
         available);
  }
  std::byte* next = memory_.data();
  for (const Op& op : graph.ops) {
    if (op.kind != OpKind::kMatmul || matrices_[op.weight.value()].panels != nullptr) continue;
    const Weight& weight = weights[op.weight];
    std::byte* to = next;
    next += packed_bytes(weight.dtype, weight.rows, weight.columns);
    std::atomic<bool> unreadable = false;
    pool.deal(pool.size(), [&](std::size_t share, std::uint32_t) {
      const Range range = share_of(weight.rows, kRowUnit, share, pool.size());
      if (range.begin == range.end) return;
      const std::size_t row_bytes = formats::row_bytes(weight.dtype, weight.columns);
      if (read_pages(weight.data + range.begin * row_bytes, (range.end - range.begin) * row_bytes)) {
        pack_rows(weight, range.begin, range.end, to);
      } else {
        unreadable = true;
      }
    });
    if (unreadable) fail_unreadable(weight.name);
    matrices_[op.weight.value()] = {to, panel_bytes(row_parts(weight.dtype, weight.columns))};
    weights.release(op.weight);
  }
}

}  // namespace rbee::engine::cpu
