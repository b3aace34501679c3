#include "engine/backend/cpu/step_context.h"

namespace rbee::engine::cpu {
namespace {

AttentionSpans spans_of(const StepContext& context, const Op& op, const AttentionPiece& piece) {
  return attention_spans(std::size_t{context.step.sequences[piece.sequence].position} + piece.first_token, piece.tokens,
                         op.window);
}

/// Cuts the step's attention into pieces, each for query heads of one KV head, so that keys and values are read for
/// all of them at once. How it is cut never changes a result.
void cut_into_pieces(const StepContext& context, const Op& op, std::vector<AttentionPiece>& pieces) {
  const std::uint32_t sharing = op.heads / op.kv_heads;  // query heads per KV head
  const std::uint32_t heads = std::min<std::uint32_t>(sharing, kAttentionRows);
  const auto tokens_max = static_cast<std::uint32_t>(kAttentionRows / heads);
  pieces.clear();
  for (std::uint32_t s = 0; s < context.step.sequences.size(); ++s) {
    const std::uint32_t tokens = context.step.sequences[s].tokens;
    for (std::uint32_t t = 0; t < tokens; t += tokens_max) {
      for (std::uint32_t kv_head = 0; kv_head < op.kv_heads; ++kv_head) {
        for (std::uint32_t h = 0; h < sharing; h += heads) {
          pieces.push_back({.sequence = s,
                            .first_token = t,
                            .tokens = std::min(tokens_max, tokens - t),
                            .first_head = kv_head * sharing + h,
                            .heads = std::min(heads, sharing - h)});
        }
      }
    }
  }
}

/// Where few deep pieces would leave threads idle, hands out their spans one by one. Returns whether it did.
bool cut_into_spans(const StepContext& context, const Op& op, std::vector<AttentionPiece>& pieces,
                    std::vector<AttentionPiece>& parts) {
  constexpr std::size_t kEnough = 4;  // pieces per thread that even out by themselves
  const std::size_t threads = context.pool.size();
  if (threads == 1 || pieces.size() >= kEnough * threads || pieces.size() % threads == 0) return false;
  parts.clear();
  std::size_t states = 0;
  for (AttentionPiece& piece : pieces) {
    const AttentionSpans spans = spans_of(context, op, piece);
    piece.states = states;
    for (std::size_t span = spans.begin; span < spans.end; ++span) {
      parts.push_back(piece);
      parts.back().span = span;
      parts.back().states = states;
      states += std::size_t{piece.tokens} * piece.heads;
    }
  }
  return parts.size() > pieces.size() && states * attention_state(op.head_dim) <= context.plan.states_size();
}

AttentionTask task_of(const StepContext& context, const Op& op, const AttentionPiece& piece, std::uint32_t worker) {
  const StepSequence& sequence = context.step.sequences[piece.sequence];
  const KvCache& cache = context.plan.cache;
  const std::byte* keys = cache.keys(op.layer, piece.first_head / (op.heads / op.kv_heads), BlockId(0));
  const std::size_t row = std::size_t{sequence.first_token} + piece.first_token;
  const std::size_t column = std::size_t{piece.first_head} * op.head_dim;
  static_assert(sizeof(BlockId) == sizeof(std::uint32_t));
  return {.queries = context.rows(op.inputs[0]).row(row) + column,
          .out = context.rows(op.output).row(row) + column,
          .row_stride = std::size_t{op.heads} * op.head_dim,
          .tokens = piece.tokens,
          .heads = piece.heads,
          .head_dim = op.head_dim,
          .position = std::size_t{sequence.position} + piece.first_token,
          .window = op.window,
          .scale = op.scale,
          .softcap = op.softcap,
          .keys = keys,
          .values = keys + cache.value_offset(),
          .block_bytes = cache.block_bytes(),
          .block_tokens = cache.layout().block_tokens,
          .blocks = reinterpret_cast<const std::uint32_t*>(sequence.blocks.data()),
          .type = cache.type(),
          .scratch = context.plan.scratch(worker)};
}

/// Calls work(piece, worker) for all pieces, of each thread's the last ones first: of a prompt they see most.
template <typename Work>
void deal(const StepContext& context, const std::vector<AttentionPiece>& pieces, const Work& work) {
  const std::size_t count = pieces.size();
  if (count == 1) return work(pieces[0], 0);
  context.pool.deal(count, [&](std::size_t i, std::uint32_t worker) { work(pieces[count - 1 - i], worker); });
}

}  // namespace

void run_attention(const StepContext& context, const Op& op) {
  CpuPlan& plan = context.plan;
  cut_into_pieces(context, op, plan.pieces);
  if (!cut_into_spans(context, op, plan.pieces, plan.parts)) {
    return deal(context, plan.pieces, [&](const AttentionPiece& piece, std::uint32_t worker) {
      context.kernels.attention(task_of(context, op, piece, worker));
    });
  }
  const std::size_t floats = attention_state(op.head_dim);
  deal(context, plan.parts, [&](const AttentionPiece& part, std::uint32_t worker) {
    context.kernels.attention_span(task_of(context, op, part, worker), part.span, plan.states() + part.states * floats);
  });
  for (const AttentionPiece& piece : plan.pieces) {
    const AttentionSpans spans = spans_of(context, op, piece);
    context.kernels.attention_merge(task_of(context, op, piece, 0), spans.end - spans.begin,
                                    plan.states() + piece.states * floats);
  }
}

void run_kv_append(const StepContext& context, const Op& op) {
  constexpr std::size_t kCost = 4;  // cycles per key and value
  const Rows keys = context.rows(op.inputs[0]);
  const Rows values = context.rows(op.inputs[1]);
  const KvCache& cache = context.plan.cache;
  const std::uint32_t block_tokens = cache.layout().block_tokens;
  for (const StepSequence& sequence : context.step.sequences) {
    context.for_each_part(sequence.tokens, keys.columns * kCost, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end; ++t) {
        const std::size_t row = sequence.first_token + t, position = sequence.position + t;
        for (std::uint32_t head = 0; head < op.kv_heads; ++head) {
          const std::size_t column = std::size_t{head} * op.head_dim;
          std::byte* block = cache.keys(op.layer, head, sequence.blocks[position / block_tokens]);
          context.kernels.store_kv({.key = keys.row(row) + column,
                                    .value = values.row(row) + column,
                                    .key_block = block,
                                    .value_block = block + cache.value_offset(),
                                    .slot = position % block_tokens,
                                    .block_tokens = block_tokens,
                                    .head_dim = op.head_dim,
                                    .type = cache.type()});
        }
      }
    });
  }
}

}  // namespace rbee::engine::cpu
