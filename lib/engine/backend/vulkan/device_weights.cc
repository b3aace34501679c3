#include "engine/backend/vulkan/device_weights.h"

#include <algorithm>
#include <map>
#include <thread>
#include <tuple>

#include "base/checked.h"
#include "base/error.h"
#include "base/joined_threads.h"
#include "engine/backend/vulkan/limits.h"
#include "engine/backend/vulkan/uploader.h"
#include "engine/tensor/weight_packing.h"

namespace rbee::engine::vulkan {
namespace {

struct PlacedSlice {
  std::size_t buffer = 0;
  std::uint64_t offset = 0;
  std::uint32_t row_begin = 0, rows = 0, row_words = 0;
  std::uint64_t bytes() const { return std::uint64_t{rows} * row_words * 4; }
};

/// Which slice lies where, before any memory is asked for.
struct Layout {
  std::vector<std::uint64_t> buffer_bytes;
  std::vector<std::vector<PlacedSlice>> slices;  // by weight
  std::vector<std::size_t> same_as;              // by weight: the one that holds its bytes
};

class LayoutMaker {
 public:
  explicit LayoutMaker(const Device& device)
      : alignment_(std::max<std::uint64_t>(device.limits().minStorageBufferOffsetAlignment, 16)),
        slice_max_(std::min(device.binding_bytes_max(), kWeightBufferBytesMax)) {}

  std::vector<PlacedSlice> place(const Weight& weight) {
    const std::uint32_t row_words = packed_row_words(weight.dtype, weight.columns);
    const std::uint64_t row_bytes = std::uint64_t{row_words} * 4;
    if (row_bytes > std::min(slice_max_, kStagingBytes)) {
      fail(ErrorKind::kUnsupported, "weight '{}' has rows of {} bytes, {} are possible", weight.name, row_bytes,
           std::min(slice_max_, kStagingBytes));
    }
    const auto rows_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(slice_max_ / row_bytes, weight.rows));
    std::vector<PlacedSlice> slices;
    for (std::uint32_t row = 0; row < weight.rows; row += rows_max) {
      PlacedSlice slice{.row_begin = row, .rows = std::min(rows_max, weight.rows - row), .row_words = row_words};
      put(slice);
      slices.push_back(slice);
    }
    return slices;
  }

  const std::vector<std::uint64_t>& buffers() const { return buffers_; }

 private:
  void put(PlacedSlice& slice) {
    const std::uint64_t begin = buffers_.empty() ? 0 : (buffers_.back() + alignment_ - 1) / alignment_ * alignment_;
    if (buffers_.empty() || begin + slice.bytes() > kWeightBufferBytesMax) {
      buffers_.push_back(slice.bytes());
    } else {
      slice.offset = begin;
      buffers_.back() = begin + slice.bytes();
    }
    slice.buffer = buffers_.size() - 1;
  }

  const std::uint64_t alignment_, slice_max_;
  std::vector<std::uint64_t> buffers_;
};

Layout layout_of(const Device& device, std::span<const WeightId> used, const WeightTable& weights) {
  Layout layout;
  layout.slices.resize(weights.size());
  layout.same_as.resize(weights.size());
  LayoutMaker maker(device);
  std::map<std::tuple<const std::byte*, std::uint32_t, std::uint32_t>, std::size_t> seen;  // a tied output is held once
  for (const WeightId weight_id : used) {
    const std::size_t id = weight_id.value();
    const Weight& weight = weights[weight_id];
    const auto [first, is_new] = seen.try_emplace({weight.data, weight.rows, weight.columns}, id);
    layout.same_as[id] = first->second;
    if (is_new) layout.slices[id] = maker.place(weight);
  }
  layout.buffer_bytes = maker.buffers();
  return layout;
}

/// Rows [begin, end) of a weight, packed one behind the other.
struct RowSpan {
  const Weight& weight;
  std::uint32_t begin = 0, end = 0, row_words = 0;
  std::uint64_t bytes() const { return std::uint64_t{end - begin} * row_words * 4; }
};

void pack_rows(const RowSpan& rows, std::byte* to) {
  const std::uint64_t stored = formats::row_bytes(rows.weight.dtype, rows.weight.columns);
  for (std::uint32_t row = rows.begin; row < rows.end; ++row, to += std::uint64_t{rows.row_words} * 4) {
    pack_row(rows.weight.dtype, rows.weight.data + stored * row, rows.weight.columns,
             reinterpret_cast<std::uint32_t*>(to));
  }
}

/// On several threads when there is much to pack: one alone is slower than the disk and the device.
void pack_rows_together(const RowSpan& rows, std::byte* to) {
  const std::uint32_t threads = std::clamp(std::thread::hardware_concurrency(), 1U, kPackingThreadsMax);
  if (threads == 1 || rows.bytes() < kPackedByOneThread) return pack_rows(rows, to);
  const std::uint32_t count = rows.end - rows.begin;
  JoinedThreads helpers;
  for (std::uint32_t i = 0; i < threads; ++i) {
    const auto part = [&](std::uint32_t n) { return static_cast<std::uint32_t>(std::uint64_t{count} * n / threads); };
    RowSpan share = rows;
    share.begin = rows.begin + part(i);
    share.end = rows.begin + part(i + 1);
    std::byte* const at = to + std::uint64_t{part(i)} * rows.row_words * 4;
    helpers.start([share, at] { pack_rows(share, at); });
  }
}

/// Packs the rows into staging memory piece by piece.
void upload(const Weight& weight, const PlacedSlice& slice, const Buffer& target, Uploader& uploader) {
  const std::uint64_t row_bytes = std::uint64_t{slice.row_words} * 4;
  const auto piece_rows = static_cast<std::uint32_t>(kStagingBytes / row_bytes);
  for (std::uint32_t row = 0; row < slice.rows; row += piece_rows) {
    const RowSpan rows{weight, slice.row_begin + row, slice.row_begin + std::min(slice.rows, row + piece_rows),
                       slice.row_words};
    pack_rows_together(rows, uploader.space(rows.bytes()));
    uploader.copy(rows.bytes(), target, slice.offset + row_bytes * row);
  }
}

}  // namespace

std::uint64_t DeviceWeights::bytes_needed(const Device& device, std::span<const WeightId> used,
                                          const WeightTable& weights) {
  std::uint64_t bytes = 0;
  for (const std::uint64_t buffer : layout_of(device, used, weights).buffer_bytes) bytes += buffer;
  return bytes;
}

DeviceWeights::DeviceWeights(const Device& device, std::span<const WeightId> used, const WeightTable& weights)
    : slices_(weights.size()) {
  const Layout layout = layout_of(device, used, weights);
  for (const std::uint64_t bytes : layout.buffer_bytes) {
    buffers_.emplace_back(device, bytes, Placement::kDevice, "the model's weights");
  }
  Uploader uploader(device);
  for (const WeightId weight_id : used) {
    const std::size_t id = weight_id.value();
    for (const PlacedSlice& slice : layout.slices[id]) {
      upload(weights[weight_id], slice, buffers_[slice.buffer], uploader);
      slices_[id].push_back({.range = {buffers_[slice.buffer].handle(), slice.offset, slice.bytes()},
                             .row_begin = slice.row_begin,
                             .rows = slice.rows,
                             .row_words = slice.row_words});
    }
  }
  uploader.finish();
  for (const WeightId weight_id : used) {
    const std::size_t id = weight_id.value(), holder = layout.same_as[id];
    if (holder != id) slices_[id] = slices_[holder];
  }
}

}  // namespace rbee::engine::vulkan
