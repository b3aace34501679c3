#pragma once
// How much memory a worker will take, and whether that is there.

#include <cstdint>
#include <optional>
#include <string>

#include "formats/model_config.h"

namespace rbee::pool {

/// Bytes; at least these are needed.
struct MemoryEstimate {
  std::uint64_t weights = 0;
  std::uint64_t kv = 0;        ///< one sequence of `context` positions, 16-bit keys and values
  std::uint64_t overhead = 0;  ///< activations, tokenizer, program
  std::uint32_t context = 0;

  std::uint64_t total() const { return weights + kv + overhead; }
};

/// Sizes a model. `context`: what was asked for; 0: the least that a worker shrinks to on its own (kContextMin, or the
/// model's context where that is shorter). KV bytes are 2 * layers * kv_heads * head_dim * 2 per position.
/// Throws Error{kBadFile} when the file's numbers overflow.
MemoryEstimate estimate_memory(const formats::ModelConfig& config, std::uint64_t weight_bytes, std::uint32_t context);

/// The words of a refusal with both numbers; nothing when it fits or `available` is unknown (0).
std::optional<std::string> does_not_fit(const MemoryEstimate& estimate, std::uint64_t available);

}  // namespace rbee::pool
