#pragma once
// How much memory the KV cache gets.

#include <cstdint>
#include <optional>

#include "engine/kv/kv_layout.h"

namespace rbee::engine {

/// What the size of the cache depends on.
struct KvBudgetRequest {
  KvLayout shape;                   ///< of the model; `blocks` is not read
  std::uint32_t model_context = 0;  ///< what the model was made for
  std::uint32_t context = 0;        ///< asked for; 0: the model's own, as far as memory allows
  std::uint32_t sequences_max = 1;
  std::optional<std::uint64_t> kv_bytes;  ///< asked for
  std::uint64_t memory_available = 0;     ///< now, before weights are in memory; 0: unknown
  std::uint64_t weight_bytes = 0;
};

struct KvBudget {
  std::uint32_t context = 0;  ///< positions per sequence
  std::uint32_t blocks = 0;   ///< at least one whole context
};

/// The cache holds `sequences_max` whole contexts, or what `kv_bytes` allows; when that is not given, half of the
/// memory that the weights leave, and not more than kKvBytesDefaultMax beyond one context. A context that was not
/// asked for shrinks to fit, down to kContextMin. Throws Error: kBadRequest when the context asked for is more than
/// the model has, kExhausted when it does not fit, with both numbers.
KvBudget plan_kv_budget(const KvBudgetRequest& request);

}  // namespace rbee::engine
