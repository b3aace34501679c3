#include "engine/generate/weight_warmer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "base/error.h"
#include "base/joined_threads.h"
#include "base/units.h"

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

void touch_pages(const std::byte* begin, const std::byte* end, std::uintptr_t page) {
  for (const std::byte* at = begin; at < end; at += page)
    static_cast<void>(*static_cast<const volatile std::byte*>(at));
}

// False when the kernel says that the bytes cannot be read.
bool warm(const Piece& piece) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(piece.data) & ~(page - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(piece.data) + piece.bytes;
#ifdef MADV_POPULATE_READ
  // One call maps all pages, and answers with an error where touching them would raise SIGBUS.
  if (madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_READ) == 0) return true;
  if (errno != EINVAL) return false;  // EINVAL: a kernel before 5.14
#endif
  madvise(reinterpret_cast<void*>(first), last - first, MADV_WILLNEED);
  touch_pages(piece.data, piece.data + piece.bytes, page);
  return true;
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
    if (!warm(pieces_[i])) failed_ = true;
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
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const Op& op : graph.ops) {
    if (op.kind != OpKind::kEmbed && op.kind != OpKind::kMatmul) continue;  // vectors lie in the table
    const Weight& weight = weights[op.weight];
    const std::uintptr_t first = (reinterpret_cast<std::uintptr_t>(weight.data) + page - 1) & ~(page - 1);
    const std::uintptr_t last = (reinterpret_cast<std::uintptr_t>(weight.data) + weight.bytes()) & ~(page - 1);
    if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
  }
}

}  // namespace rbee::engine
