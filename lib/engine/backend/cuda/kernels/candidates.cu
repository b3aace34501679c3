// The first candidates of each row: warps find those of slices, then a block those of the row. No two ranks are equal,
// so what is found does not depend on how the row is cut.
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/ranking.h"

namespace rbee::engine::cuda {

struct RanksOfRow {
  const float* row;
  RBEE_DEVICE u64 operator()(u32 column) const { return rank_of(row[column], column); }
};

struct KnownRanks {
  const u64* ranks;
  RBEE_DEVICE u64 operator()(u32 index) const { return ranks[index]; }
};

RBEE_DEVICE u64 highest_of_warp(u64 rank) {
  for (u32 mask = 1; mask < kWarpLanes; mask *= 2) {
    const u32 high = shuffle_xor(static_cast<u32>(rank >> 32), mask);
    const u64 other = u64{high} << 32 | shuffle_xor(static_cast<u32>(rank), mask);
    rank = other > rank ? other : rank;
  }
  return rank;
}

/// The highest rank below `limit` of those in [begin, end) that are this lane's; 0 for none.
template <typename Ranks>
RBEE_DEVICE u64 highest_of_lane(const Ranks& ranks, u32 begin, u32 end, u64 limit) {
  u64 highest = 0;
  for (u32 i = begin + thread_index() % kWarpLanes; i < end; i += kWarpLanes) {
    const u64 rank = ranks(i);
    if (rank < limit && rank > highest) highest = rank;
  }
  return highest;
}

/// Writes the `count` highest ranks in [begin, end), highest first, and 0 for those that are not there. For all lanes
/// of a warp; only the lane whose rank was taken looks for its next.
template <typename Ranks>
RBEE_DEVICE void take_highest(const Ranks& ranks, u32 begin, u32 end, u32 count, u64* out) {
  u64 own = highest_of_lane(ranks, begin, end, ~u64{0});
  for (u32 i = 0; i < count; ++i) {
    const u64 highest = highest_of_warp(own);
    if (thread_index() % kWarpLanes == 0) out[i] = highest;
    if (highest != 0 && own == highest) own = highest_of_lane(ranks, begin, end, highest);
  }
}

RBEE_DEVICE void search_slice(const CandidateArgs& a) {
  const u32 slice = block_x() * kCandidateWarps + thread_index() / kWarpLanes;
  if (slice >= a.slices) return;
  const u64 row = block_y();
  const u32 begin = slice * kSliceColumns, end = smaller(begin + kSliceColumns, a.columns);
  take_highest(RanksOfRow{a.values + row * a.stride}, begin, end, a.count,
               a.ranks + (row * a.slices + slice) * a.count);
}

RBEE_DEVICE void search_row(const CandidateArgs& a) {
  RBEE_SHARED(u64, of_warps, kCandidateWarps * kCandidatesMax);
  RBEE_SHARED(u64, of_row, kCandidatesMax);
  const u32 warp = thread_index() / kWarpLanes, lane = thread_index() % kWarpLanes;
  const u64 row = block_y();
  const u32 known = a.slices * a.count, share = (known + kCandidateWarps - 1) / kCandidateWarps;
  take_highest(KnownRanks{a.ranks + row * known}, smaller(warp * share, known), smaller((warp + 1) * share, known),
               a.count, of_warps + warp * a.count);
  sync_block();
  if (warp != 0) return;
  take_highest(KnownRanks{of_warps}, 0, kCandidateWarps * a.count, a.count, of_row);
  sync_warp();
  for (u32 i = lane; i < a.count; i += kWarpLanes) {
    const u32 column = column_of(of_row[i]);
    const float value = of_row[i] == 0 ? float_of(0xFF800000U) : a.values[row * a.stride + column];
    a.out[row * a.count + i] = {column, value};
  }
}

#define RBEE_CANDIDATES(K)                                                \
  K(candidates_of_slices, CandidateArgs, kCandidateThreads, search_slice) \
  K(candidates_of_rows, CandidateArgs, kCandidateThreads, search_row)
RBEE_KERNELS(candidate_kernels, RBEE_CANDIDATES)

}  // namespace rbee::engine::cuda
