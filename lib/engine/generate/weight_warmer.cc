#include "engine/generate/weight_warmer.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

#include "base/error.h"
#include "base/joined_threads.h"
#include "base/units.h"
#include "engine/tensor/weight_pages.h"

namespace rbee::engine {
namespace {

constexpr std::uint64_t kPieceBytes = 8_MiB;  // small enough for a steady progress, large enough for a system call

struct Piece {
  const std::byte* data = nullptr;
  std::uint64_t bytes = 0;
  std::uint32_t layers_before = 0;  // complete once all pieces before this one are
};

void append_pieces(const Weight& weight, std::uint32_t layers_before, std::vector<Piece>& pieces) {
  for (std::uint64_t at = 0; at < weight.bytes(); at += kPieceBytes) {
    pieces.push_back({weight.data + at, std::min(kPieceBytes, weight.bytes() - at), layers_before});
  }
}

// A layer ends where the next one's keys enter the cache, or with the graph.
std::vector<Piece> pieces_in_order(const Graph& graph, const WeightTable& weights) {
  std::vector<Piece> pieces;
  std::vector<bool> seen(weights.size(), false);
  std::uint32_t layers_before = 0;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kKvAppend) layers_before = op.layer;
    if (op.weight == kNoWeight || seen[op.weight.value()]) continue;
    seen[op.weight.value()] = true;
    append_pieces(weights[op.weight], layers_before, pieces);
  }
  return pieces;
}

// Pieces are taken in order by several threads; `done` tells which are complete.
class Warmer {
 public:
  explicit Warmer(std::vector<Piece> pieces) : pieces_(std::move(pieces)), done_(pieces_.size()) {
    for (const Piece& piece : pieces_) bytes_total_ += piece.bytes;
  }

  // False when none is left. Any thread.
  bool warm_next() {
    const std::size_t i = next_.fetch_add(1);
    if (i >= pieces_.size() || failed_) return false;
    if (!read_pages(pieces_[i].data, pieces_[i].bytes)) failed_ = true;
    bytes_done_ += pieces_[i].bytes;
    done_[i] = true;
    return true;
  }

  // Loading thread only.
  LoadProgress progress(std::uint32_t layers) {
    while (complete_ < pieces_.size() && done_[complete_]) ++complete_;
    const std::uint32_t layers_done = complete_ < pieces_.size() ? pieces_[complete_].layers_before : layers;
    return {.layers_done = layers_done, .layers_total = layers, .bytes_done = bytes_done_, .bytes_total = bytes_total_};
  }
  bool failed() const { return failed_; }

 private:
  const std::vector<Piece> pieces_;
  std::uint64_t bytes_total_ = 0;
  std::size_t complete_ = 0;  // loading thread only
  std::vector<std::atomic<bool>> done_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> bytes_done_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace

void warm_weights(const Graph& graph, const WeightTable& weights, std::uint32_t layers, std::uint32_t threads,
                  const std::function<void(const LoadProgress&)>& progress) {
  Warmer warmer(pieces_in_order(graph, weights));
  JoinedThreads helpers;
  for (std::uint32_t i = 1; i < threads; ++i) {
    helpers.start([&] {
      while (warmer.warm_next()) {
      }
    });
  }
  while (warmer.warm_next()) progress(warmer.progress(layers));
  helpers.join();
  if (warmer.failed()) {
    fail(ErrorKind::kBadFile, "a weight's bytes cannot be read: the model file became shorter, or its disk fails");
  }
  progress(warmer.progress(layers));
}

void drop_weight_pages(const Graph& graph, const WeightTable& weights) {
  for (const Op& op : graph.ops) {
    if (op.weight == kNoWeight) continue;
    const Weight& weight = weights[op.weight];
    if (weight.in_file) drop_pages(weight.data, weight.bytes());
  }
}

void report_released(const Graph& graph, WeightTable& weights, std::uint32_t layers,
                     std::function<void(const LoadProgress&)> progress) {
  // Layers that are complete once the first weights in order have been released, by their number.
  std::vector<std::uint32_t> layers_done;
  std::vector<bool> seen(weights.size(), false);
  std::uint32_t layer = 0;
  LoadProgress now{.layers_total = layers};
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kKvAppend) layer = op.layer;
    if (op.kind != OpKind::kMatmul || seen[op.weight.value()]) continue;
    seen[op.weight.value()] = true;
    layers_done.push_back(layer);
    now.bytes_total += weights[op.weight].bytes();
  }
  layers_done.push_back(layers);
  weights.on_release([=, progress = std::move(progress), count = std::size_t{0}](const Weight& weight) mutable {
    if (weight.in_file) drop_pages(weight.data, weight.bytes());
    ++count;
    now.bytes_done += weight.bytes();
    now.layers_done = layers_done[count < layers_done.size() ? count : layers_done.size() - 1];
    progress(now);
  });
}

}  // namespace rbee::engine
