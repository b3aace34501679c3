#pragma once
// How much memory a worker will take, and whether that is there.

#include <cstdint>
#include <optional>
#include <string>

#include "formats/dtype.h"
#include "formats/model_config.h"

namespace rbee::pool {

/// Bytes; at least these are needed.
struct MemoryEstimate {
  std::uint64_t weights = 0;
  std::uint64_t kv = 0;        ///< one sequence of `context` positions
  std::uint64_t overhead = 0;  ///< activations, tokenizer, program
  std::uint32_t context = 0;

  std::uint64_t total() const { return weights + kv + overhead; }
};

/// Sizes a model. `context`: what was asked for; 0: the least that a worker shrinks to on its own (kContextMin, or the
/// model's context where that is shorter). KV bytes per position are 2 * layers * kv_heads rows of head_dim values of
/// `kv`, a plain type or kQ8_0. Throws Error{kBadFile} when the file's numbers overflow.
MemoryEstimate estimate_memory(const formats::ModelConfig& config, std::uint64_t weight_bytes, std::uint32_t context,
                               formats::DType kv = formats::DType::kF16);

/// The words of a refusal with both numbers; nothing when it fits or `available` is unknown (0).
std::optional<std::string> does_not_fit(const MemoryEstimate& estimate, std::uint64_t available);

}  // namespace rbee::pool
