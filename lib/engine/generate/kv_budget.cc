#include "engine/generate/kv_budget.h"

#include <algorithm>
#include <limits>

#include "base/checked.h"
#include "base/error.h"
#include "engine/generate/limits.h"

namespace rbee::engine {
namespace {

std::uint64_t blocks_for(std::uint64_t positions, std::uint32_t block_tokens) {
  return (positions + block_tokens - 1) / block_tokens;
}

std::uint64_t memory_left(const KvBudgetRequest& request) {
  return request.memory_available > request.weight_bytes ? request.memory_available - request.weight_bytes : 0;
}

// What the cache may take without having been asked to.
std::uint64_t default_bytes(const KvBudgetRequest& request) {
  if (request.kv_bytes) return *request.kv_bytes;
  if (request.memory_available == 0) return kKvBytesDefaultMax;
  return memory_left(request) / 2;
}

// What one context may take when it was asked for: it may go beyond the default, not beyond what is there.
std::uint64_t asked_bytes(const KvBudgetRequest& request) {
  if (request.kv_bytes) return *request.kv_bytes;
  if (request.memory_available == 0) return std::numeric_limits<std::uint64_t>::max();
  return memory_left(request) / 4 * 3;
}

[[noreturn]] void fail_exhausted(const KvBudgetRequest& request, std::uint64_t positions, std::uint64_t needed,
                                 std::uint64_t allowed) {
  if (request.kv_bytes) {
    fail(ErrorKind::kExhausted, "a context of {} positions needs {} bytes for its KV cache, {} are allowed", positions,
         needed, allowed);
  }
  fail(ErrorKind::kExhausted,
       "the model needs {} bytes of memory (weights {}, KV cache of {} positions {}); {} are available, of which a KV "
       "cache may take {}",
       (Checked(request.weight_bytes) + needed).value_or_throw("the model"), request.weight_bytes, positions, needed,
       request.memory_available, allowed);
}

}  // namespace

KvBudget plan_kv_budget(const KvBudgetRequest& request) {
  const std::uint32_t block_tokens = request.shape.block_tokens;
  const std::uint64_t block_bytes =
      (Checked(request.shape.token_bytes()) * block_tokens).value_or_throw("KV cache block");
  const std::uint64_t budget = default_bytes(request);
  std::uint64_t context = request.context;
  if (context > request.model_context) {
    fail(ErrorKind::kBadRequest, "a context of {} positions was asked for, the model has {}", context,
         request.model_context);
  }
  if (context == 0) {
    context = std::min<std::uint64_t>(request.model_context, budget / block_bytes * block_tokens);
    const std::uint64_t least = std::min(request.model_context, kContextMin);
    if (context < least) fail_exhausted(request, least, blocks_for(least, block_tokens) * block_bytes, budget);
  }
  const std::uint64_t context_blocks = blocks_for(context, block_tokens);
  const std::uint64_t context_bytes = (Checked(context_blocks) * block_bytes).value_or_throw("KV cache");
  if (context_bytes > std::max(budget, asked_bytes(request))) {
    fail_exhausted(request, context, context_bytes, std::max(budget, asked_bytes(request)));
  }
  const std::uint64_t bytes_max =
      request.kv_bytes ? budget : std::min(budget, std::max(kKvBytesDefaultMax, context_bytes));
  const std::uint64_t blocks = std::clamp(bytes_max / block_bytes, context_blocks,
                                          (Checked(context_blocks) * request.sequences_max).value_or_throw("KV cache"));
  if (blocks > std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::kExhausted, "the KV cache would have {} blocks, at most 4294967295 are possible", blocks);
  }
  return {.context = static_cast<std::uint32_t>(context), .blocks = static_cast<std::uint32_t>(blocks)};
}

}  // namespace rbee::engine
