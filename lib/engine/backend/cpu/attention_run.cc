#include "engine/backend/cpu/step_context.h"

namespace rbee::engine::cpu {
namespace {

/// Cuts the step's attention into pieces; how never changes a result, so it may depend on the number of threads.
void cut_into_pieces(const StepContext& context, const Op& op, std::vector<AttentionPiece>& pieces) {
  const std::uint32_t sharing = op.heads / op.kv_heads;  // query heads per KV head
  std::uint32_t heads = std::min<std::uint32_t>(sharing, kAttentionRows);
  const auto sequences = static_cast<std::uint32_t>(context.step.sequences.size());
  if (context.step.tokens.size() == sequences) {  // decode: one piece per KV head, smaller where threads would idle
    const std::uint32_t whole = sequences * op.kv_heads;
    const std::uint32_t parts = std::min(sharing, (context.pool.size() + whole - 1) / whole);
    heads = std::min(heads, (sharing + parts - 1) / parts);
  }
  const auto tokens_max = static_cast<std::uint32_t>(kAttentionRows / heads);
  pieces.clear();
  for (std::uint32_t s = 0; s < sequences; ++s) {
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

void attend(const StepContext& context, const Op& op, const AttentionPiece& piece, std::uint32_t worker) {
  const StepSequence& sequence = context.step.sequences[piece.sequence];
  const KvCache& cache = context.plan.cache;
  const std::uint32_t kv_head = piece.first_head / (op.heads / op.kv_heads);
  const std::size_t row = std::size_t{sequence.first_token} + piece.first_token;
  const std::size_t column = std::size_t{piece.first_head} * op.head_dim;
  static_assert(sizeof(BlockId) == sizeof(std::uint32_t));
  context.kernels.attention({.queries = context.rows(op.inputs[0]).row(row) + column,
                             .out = context.rows(op.output).row(row) + column,
                             .row_stride = std::size_t{op.heads} * op.head_dim,
                             .tokens = piece.tokens,
                             .heads = piece.heads,
                             .head_dim = op.head_dim,
                             .position = std::size_t{sequence.position} + piece.first_token,
                             .window = op.window,
                             .scale = op.scale,
                             .softcap = op.softcap,
                             .keys = cache.keys(op.layer, kv_head),
                             .values = cache.keys(op.layer, kv_head) + cache.value_offset(),
                             .block_bytes = cache.block_bytes(),
                             .block_tokens = cache.layout().block_tokens,
                             .blocks = reinterpret_cast<const std::uint32_t*>(sequence.blocks.data()),
                             .type = cache.type(),
                             .scratch = context.plan.scratch(worker)});
}

}  // namespace

void run_attention(const StepContext& context, const Op& op) {
  std::vector<AttentionPiece>& pieces = context.plan.pieces;
  cut_into_pieces(context, op, pieces);
  // Later tokens see more: dealing the pieces out in turn evens that out.
  const auto work = [&](std::uint32_t worker, std::uint32_t workers) {
    for (std::size_t i = worker; i < pieces.size(); i += workers) attend(context, op, pieces[i], worker);
  };
  if (context.pool.size() == 1 || pieces.size() == 1) return work(0, 1);
  context.pool.run([&](std::uint32_t worker) { work(worker, context.pool.size()); });
}

void run_kv_append(const StepContext& context, const Op& op) {
  const Rows keys = context.rows(op.inputs[0]);
  const Rows values = context.rows(op.inputs[1]);
  const KvCache& cache = context.plan.cache;
  for (const StepSequence& sequence : context.step.sequences) {
    context.for_each_part(sequence.tokens, keys.columns, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end; ++t) {
        for (std::uint32_t head = 0; head < op.kv_heads; ++head) {
          std::byte* key = cache.key_row(op.layer, head, sequence, sequence.position + static_cast<std::uint32_t>(t));
          const std::size_t row = sequence.first_token + t, column = std::size_t{head} * op.head_dim;
          context.kernels.store_kv_row(keys.row(row) + column, key, op.head_dim, cache.type());
          context.kernels.store_kv_row(values.row(row) + column, key + cache.value_offset(), op.head_dim, cache.type());
        }
      }
    });
  }
}

}  // namespace rbee::engine::cpu
