// softmax(scale * q.k) v of one head of one token: over all its positions, or over one split of them with the splits
// put together afterwards, which gives the same bits. Few tokens with many positions would leave most of a device idle
// if they were not split.
#include "engine/backend/cuda/kernels/cache_rows.h"
#include "engine/backend/cuda/kernels/softmax.h"

namespace rbee::engine::cuda {

constexpr u32 kScoreLanes = 8;  // that share the dot product of a position
constexpr u32 kPiecesMax = 8;   // values of a thread
constexpr u32 kDimsOfThread = kHeadDimLimit / kAttentionThreads;

/// The block's shared memory.
struct AttentionMemory {
  float* query;   // [kHeadDimLimit], behind the head zero
  float* scores;  // [kChunkPositions], then their weights
  u64* rows;      // [kChunkPositions] of the cache
  float* sums;    // [kAttentionThreads][kPiecesMax] of the values, by thread; before that, parts of the scores
};

/// Who asks.
struct Asker {
  u32 token, head, kv_head;
  u32 last, first;  // the positions that it sees
  u32 table;        // where its sequence's blocks begin
};

RBEE_DEVICE Asker asker_of(const AttentionArgs& a) {
  Asker asker{block_y(), block_x(), block_x() / (a.heads / a.cache.kv_heads), 0, 0, 0};
  asker.last = step_entry(a.step, kPositions, asker.token);
  asker.first = first_position(asker.last, a.window);
  asker.table = step_entry(a.step, kTableBegins, asker.token);
  return asker;
}

template <CacheType type>
RBEE_DEVICE void load_query(const AttentionArgs& a, const Asker& asker, const AttentionMemory& memory) {
  const float* query = a.queries + u64{asker.token} * a.q_stride + asker.head * a.head_dim;
  const u32 padded = a.cache.head_words / 4 * kCacheValues<type>;
  for (u32 d = thread_index(); d < padded; d += kAttentionThreads) memory.query[d] = d < a.head_dim ? query[d] : 0.0F;
}

template <CacheType type>
RBEE_DEVICE float partial_score(const AttentionArgs& a, const AttentionMemory& memory, u64 row) {
  constexpr u32 kValues = kCacheValues<type>, kOfWord = kValues / 4;
  float sum = 0.0F;
  for (u32 piece = thread_index() % kScoreLanes; piece < a.cache.head_words / 4; piece += kScoreLanes) {
    const FourWords words = load_four(a.cache.keys + row * a.cache.head_words + 4 * piece);
    RBEE_UNROLL for (u32 i = 0; i < kValues; ++i) {
      sum = fused(cache_value<type>(words.word[i / kOfWord], i % kOfWord), memory.query[piece * kValues + i], sum);
    }
  }
  return sum;
}

/// The scores of positions chunk + [begin, end) into memory.scores, their rows into memory.rows, for all to see.
template <CacheType type>
RBEE_DEVICE void score_chunk(const AttentionArgs& a, const Asker& asker, const AttentionMemory& memory, u32 chunk,
                             u32 begin, u32 end) {
  constexpr u32 kPitch = kScoreLanes + 1;  // odd: the columns of the second pass lie in different banks
  static_assert(kChunkPositions * kPitch <= kAttentionThreads * kPiecesMax);
  const u32 thread = thread_index();
  for (u32 j = thread / kScoreLanes; j < end; j += kAttentionThreads / kScoreLanes) {
    if (j < begin) continue;
    const u64 row = cache_row(a.step, a.cache, asker.table, chunk + j, asker.kv_head);
    memory.sums[j * kPitch + thread % kScoreLanes] = partial_score<type>(a, memory, row);
  }
  sync_block();
  if (thread >= begin && thread < end) {
    float sum = memory.sums[thread * kPitch];
    for (u32 lane = 1; lane < kScoreLanes; ++lane) sum += memory.sums[thread * kPitch + lane];
    const float score = sum * a.scale;
    memory.scores[thread] = a.softcap != 0.0F ? a.softcap * tanh_of(score / a.softcap) : score;
    memory.rows[thread] = cache_row(a.step, a.cache, asker.table, chunk + thread, asker.kv_head);
  }
  sync_block();
}

/// Attends to positions [max(split, first), min(split + kSplitPositions, last + 1)), of which there is at least one.
/// The sums of the values are left in memory.sums, for all threads to see.
template <CacheType type>
RBEE_DEVICE SoftmaxPart attend(const AttentionArgs& a, const Asker& asker, const AttentionMemory& memory, u32 split) {
  constexpr u32 kValues = kCacheValues<type>, kOfWord = kValues / 4;
  const u32 thread = thread_index(), pieces = a.cache.head_words / 4;
  const u32 groups = kAttentionThreads / pieces, group = thread / pieces, piece = thread % pieces;
  float sums[kValues] = {};
  float weight = 0.0F, top = 0.0F;  // weight: of the positions j = thread of the chunks
  bool empty = true;
  const u32 split_end = smaller(split + kSplitPositions, asker.last + 1);
  for (u32 chunk = larger(split, asker.first / kChunkPositions * kChunkPositions); chunk < split_end;
       chunk += kChunkPositions) {
    const u32 begin = larger(chunk, asker.first) - chunk, end = smaller(split_end - chunk, kChunkPositions);
    score_chunk<type>(a, asker, memory, chunk, begin, end);
    float new_top = memory.scores[begin];
    for (u32 j = begin + 1; j < end; ++j) new_top = larger(new_top, memory.scores[j]);
    if (!empty) new_top = larger(new_top, top);
    const float correction = empty ? 0.0F : exp_of(top - new_top);
    sync_block();
    weight *= correction;
    if (thread >= begin && thread < end) {
      memory.scores[thread] = exp_of(memory.scores[thread] - new_top);
      weight += memory.scores[thread];
    }
    sync_block();
    RBEE_UNROLL for (u32 i = 0; i < kValues; ++i) sums[i] *= correction;
    for (u32 j = group; j < end && group < groups; j += groups) {
      if (j < begin) continue;
      const FourWords words = load_four(a.cache.values + memory.rows[j] * a.cache.head_words + 4 * piece);
      RBEE_UNROLL for (u32 i = 0; i < kValues; ++i) {
        sums[i] = fused(memory.scores[j], cache_value<type>(words.word[i / kOfWord], i % kOfWord), sums[i]);
      }
    }
    sync_block();
    top = new_top;
    empty = false;
  }
  if (thread < kChunkPositions) memory.scores[thread] = weight;
  RBEE_UNROLL for (u32 i = 0; i < kValues; ++i) memory.sums[thread * kPiecesMax + i] = sums[i];
  sync_block();
  SoftmaxPart part{top, memory.scores[0]};
  for (u32 j = 1; j < kChunkPositions; ++j) part.weight += memory.scores[j];
  return part;
}

/// Value `d` of what attend() left.
template <CacheType type>
RBEE_DEVICE float attended(const AttentionArgs& a, const AttentionMemory& memory, u32 d) {
  constexpr u32 kValues = kCacheValues<type>;
  const u32 pieces = a.cache.head_words / 4, groups = kAttentionThreads / pieces;
  const float* sums = memory.sums + d / kValues * kPiecesMax + d % kValues;
  float sum = sums[0];
  for (u32 group = 1; group < groups; ++group) sum += sums[group * pieces * kPiecesMax];
  return sum;
}

// Member by member: clang would make a constant of the addresses, which PTX does not have.
#define RBEE_ATTENTION_MEMORY(memory)                               \
  RBEE_SHARED(float, memory##_query, kHeadDimLimit);                \
  RBEE_SHARED(float, memory##_scores, kChunkPositions);             \
  RBEE_SHARED(u64, memory##_rows, kChunkPositions);                 \
  RBEE_SHARED(float, memory##_sums, kAttentionThreads* kPiecesMax); \
  AttentionMemory memory;                                           \
  memory.query = memory##_query;                                    \
  memory.scores = memory##_scores;                                  \
  memory.rows = memory##_rows;                                      \
  memory.sums = memory##_sums

template <CacheType type>
RBEE_DEVICE void attention_whole(const AttentionArgs& a) {
  RBEE_ATTENTION_MEMORY(memory);
  if (block_y() >= a.step[kTokenCount]) return;
  const Asker asker = asker_of(a);
  load_query<type>(a, asker, memory);
  sync_block();
  SoftmaxPart total{0.0F, 0.0F};
  float values[kDimsOfThread] = {};
  for (u32 split = asker.first / kSplitPositions * kSplitPositions; split <= asker.last; split += kSplitPositions) {
    const SoftmaxPart part = attend<type>(a, asker, memory, split);
    const SoftmaxFactors factors = put_together(total, part);
    RBEE_UNROLL for (u32 i = 0; i < kDimsOfThread; ++i) {
      const u32 d = thread_index() + i * kAttentionThreads;
      if (d < a.head_dim) values[i] = put_together(values[i], attended<type>(a, memory, d), factors);
    }
    sync_block();
  }
  float* out = a.out + u64{asker.token} * a.out_stride + asker.head * a.head_dim;
  RBEE_UNROLL for (u32 i = 0; i < kDimsOfThread; ++i) {
    const u32 d = thread_index() + i * kAttentionThreads;
    if (d < a.head_dim) out[d] = values[i] / total.weight;
  }
}

RBEE_DEVICE float* part_of(const AttentionArgs& a, u32 token, u32 head, u32 split) {
  return a.parts + ((u64{token} * a.heads + head) * a.splits_max + split) * part_floats(a.head_dim);
}

template <CacheType type>
RBEE_DEVICE void attention_split(const AttentionArgs& a) {
  RBEE_ATTENTION_MEMORY(memory);
  if (block_y() >= a.step[kTokenCount]) return;
  const Asker asker = asker_of(a);
  const u32 split = block_z() * kSplitPositions;
  if (split > asker.last || split + kSplitPositions <= asker.first) return;
  load_query<type>(a, asker, memory);
  sync_block();
  const SoftmaxPart part = attend<type>(a, asker, memory, split);
  float* out = part_of(a, asker.token, asker.head, block_z());
  if (thread_index() == 0) {
    out[0] = part.top;
    out[1] = part.weight;
  }
  for (u32 d = thread_index(); d < a.head_dim; d += kAttentionThreads) out[2 + d] = attended<type>(a, memory, d);
}

RBEE_DEVICE void attention_merge(const AttentionArgs& a) {
  if (block_y() >= a.step[kTokenCount]) return;
  const Asker asker = asker_of(a);
  SoftmaxPart total{0.0F, 0.0F};
  float values[kDimsOfThread] = {};
  for (u32 split = asker.first / kSplitPositions; split <= asker.last / kSplitPositions; ++split) {
    const float* part = part_of(a, asker.token, asker.head, split);
    const SoftmaxFactors factors = put_together(total, SoftmaxPart{part[0], part[1]});
    RBEE_UNROLL for (u32 i = 0; i < kDimsOfThread; ++i) {
      const u32 d = thread_index() + i * kAttentionThreads;
      if (d < a.head_dim) values[i] = put_together(values[i], part[2 + d], factors);
    }
  }
  float* out = a.out + u64{asker.token} * a.out_stride + asker.head * a.head_dim;
  RBEE_UNROLL for (u32 i = 0; i < kDimsOfThread; ++i) {
    const u32 d = thread_index() + i * kAttentionThreads;
    if (d < a.head_dim) out[d] = values[i] / total.weight;
  }
}

#define RBEE_ATTENTION(K)                                                                     \
  K(attention_whole_F32, AttentionArgs, kAttentionThreads, attention_whole<CacheType::F32>)   \
  K(attention_whole_F16, AttentionArgs, kAttentionThreads, attention_whole<CacheType::F16>)   \
  K(attention_whole_BF16, AttentionArgs, kAttentionThreads, attention_whole<CacheType::BF16>) \
  K(attention_split_F32, AttentionArgs, kAttentionThreads, attention_split<CacheType::F32>)   \
  K(attention_split_F16, AttentionArgs, kAttentionThreads, attention_split<CacheType::F16>)   \
  K(attention_split_BF16, AttentionArgs, kAttentionThreads, attention_split<CacheType::BF16>) \
  K(attention_merge_parts, AttentionArgs, kAttentionThreads, attention_merge)
RBEE_KERNELS(attention_kernels, RBEE_ATTENTION)

}  // namespace rbee::engine::cuda
