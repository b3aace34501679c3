#include "engine/backend/cuda/device_weights.h"

#include <algorithm>
#include <map>
#include <thread>
#include <tuple>

#include "base/checked.h"
#include "base/error.h"
#include "base/joined_threads.h"
#include "engine/backend/cuda/limits.h"
#include "engine/backend/cuda/uploader.h"
#include "engine/tensor/weight_packing.h"

namespace rbee::engine::cuda {
namespace {

/// Which weight lies where, before any memory is asked for.
struct Layout {
  struct Place {
    std::uint64_t offset = 0;
    bool is_first = false;  // of those with the same bytes: a tied output is held once
  };
  std::vector<Place> places;  // by weight
  std::uint64_t bytes = 0;
};

std::uint64_t row_bytes(const Weight& weight) {
  return std::uint64_t{packed_row_words(weight.dtype, weight.columns)} * 4;
}

Layout layout_of(std::span<const WeightId> used, const WeightTable& weights) {
  Layout layout;
  layout.places.resize(weights.size());
  std::map<std::tuple<const std::byte*, std::uint32_t, std::uint32_t>, std::uint64_t> seen;
  Checked end = 0;
  for (const WeightId id : used) {
    const Weight& weight = weights[id];
    if (row_bytes(weight) > kStagingBytes) {
      fail(ErrorKind::kUnsupported, "weight '{}' has rows of {} bytes, {} are possible", weight.name, row_bytes(weight),
           kStagingBytes);
    }
    const std::uint64_t begin = end.value_or_throw("the model's weights");
    const auto [first, is_new] = seen.try_emplace({weight.data, weight.rows, weight.columns}, begin);
    layout.places[id.value()] = {.offset = first->second, .is_first = is_new};
    if (!is_new) continue;
    end += Checked(row_bytes(weight)) * weight.rows + kMemoryAlignment - 1;
    end = end.value_or_throw("the model's weights") / kMemoryAlignment * kMemoryAlignment;
  }
  layout.bytes = std::max(end.value_or_throw("the model's weights"), kMemoryAlignment);
  return layout;
}

/// Rows [begin, end) of a weight, packed one behind the other.
struct RowSpan {
  const Weight& weight;
  std::uint32_t begin = 0, end = 0;
  std::uint64_t bytes() const { return (end - begin) * row_bytes(weight); }
};

void pack_rows(const RowSpan& rows, std::byte* to) {
  const std::uint64_t stored = formats::row_bytes(rows.weight.dtype, rows.weight.columns);
  for (std::uint32_t row = rows.begin; row < rows.end; ++row, to += row_bytes(rows.weight)) {
    pack_row(rows.weight.dtype, rows.weight.data + stored * row, rows.weight.columns,
             reinterpret_cast<std::uint32_t*>(to));
  }
}

/// On several threads when there is much to pack: one alone is slower than the disk and the device.
void pack_rows_together(const RowSpan& rows, std::byte* to) {
  const std::uint32_t threads = std::clamp(std::thread::hardware_concurrency(), 1U, kPackingThreadsMax);
  if (threads == 1 || rows.bytes() < kPackedByOneThread) return pack_rows(rows, to);
  const std::uint32_t count = rows.end - rows.begin;
  JoinedThreads packers;
  for (std::uint32_t i = 0; i < threads; ++i) {
    const auto part = [&](std::uint32_t n) { return static_cast<std::uint32_t>(std::uint64_t{count} * n / threads); };
    const RowSpan share{rows.weight, rows.begin + part(i), rows.begin + part(i + 1)};
    std::byte* const at = to + part(i) * row_bytes(rows.weight);
    packers.start([share, at] { pack_rows(share, at); });
  }
}

/// Packs the rows into staging memory piece by piece.
void upload(const Weight& weight, CuAddress target, Uploader& uploader) {
  const auto piece_rows = static_cast<std::uint32_t>(kStagingBytes / row_bytes(weight));
  for (std::uint32_t row = 0; row < weight.rows; row += piece_rows) {
    const RowSpan rows{weight, row, std::min(weight.rows, row + piece_rows)};
    pack_rows_together(rows, uploader.space(rows.bytes()));
    uploader.copy(rows.bytes(), target + row_bytes(weight) * row);
  }
}

}  // namespace

std::uint64_t DeviceWeights::bytes_needed(std::span<const WeightId> used, const WeightTable& weights) {
  return layout_of(used, weights).bytes;
}

DeviceWeights::DeviceWeights(const Device& device, std::span<const WeightId> used, const WeightTable& weights)
    : places_(weights.size()) {
  const Layout layout = layout_of(used, weights);
  buffer_ = Buffer(device, layout.bytes, "the model's weights");
  Uploader uploader(device);
  for (const WeightId id : used) {
    const Weight& weight = weights[id];
    const Layout::Place& place = layout.places[id.value()];
    places_[id.value()] = {.address = buffer_.address() + place.offset,
                           .row_words = packed_row_words(weight.dtype, weight.columns)};
    if (place.is_first) upload(weight, buffer_.address() + place.offset, uploader);
  }
  uploader.finish();
}

}  // namespace rbee::engine::cuda
