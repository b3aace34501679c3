#include "pool/memory_estimate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/units.h"
#include "pool/limits.h"

namespace rbee::pool {

MemoryEstimate estimate_memory(const formats::ModelConfig& config, std::uint64_t weight_bytes, std::uint32_t context,
                               formats::DType kv) {
  constexpr std::uint64_t kKeysAndValues = 2;
  MemoryEstimate estimate;
  estimate.context = context != 0 ? context : std::min(kContextMin, config.context_length);
  estimate.weights = weight_bytes;
  estimate.kv = (Checked(kKeysAndValues) * config.layers * config.kv_heads *
                 formats::cut_row_bytes(kv, config.head_dim) * estimate.context)
                    .value_or_throw("KV cache");
  estimate.overhead = kWorkerOverheadBytes;
  return estimate;
}

std::optional<std::string> does_not_fit(const MemoryEstimate& estimate, std::uint64_t available) {
  if (available == 0 || estimate.total() <= available) return std::nullopt;
  return fmt::format("needs {} (weights {}, KV cache {} for {} positions, overhead {}), {} of memory are available",
                     human_bytes(estimate.total()), human_bytes(estimate.weights), human_bytes(estimate.kv),
                     estimate.context, human_bytes(estimate.overhead), human_bytes(available));
}

}  // namespace rbee::pool
