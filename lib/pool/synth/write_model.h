#pragma once
// A whole model folder with random weights.

#include <cstdint>
#include <filesystem>
#include <functional>

#include "pool/synth/model_shape.h"

namespace rbee::pool::synth {

/// Shards are cut before they pass this, as on the hub.
constexpr std::uint64_t kShardBytes = 5'000'000'000;

struct SynthRequest {
  ModelShape shape;
  ElementType type = ElementType::kBF16;
  std::uint64_t seed = 0;
  std::uint64_t shard_bytes = kShardBytes;
  unsigned threads = 0;  ///< 0: as many as there are CPUs
  /// No weights: files of the full size that take no room on disk, and a note that they are to be drawn in memory.
  bool hollow = false;
};

struct SynthReport {
  std::uint64_t weight_bytes = 0, parameters = 0;
  std::size_t shards = 0;
};

/// Called now and then on the calling thread.
using SynthProgress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_total)>;

/// Writes config.json, generation_config.json, tokenizer.json, tokenizer_config.json and the weights (one safetensors
/// file, or shards with their index) to `folder`, which must not exist: it appears whole or not at all. The same
/// request gives the same bytes, whatever the threads. Memory: 4 MiB per thread, and the tokenizer. Throws Error:
/// kBadRequest (the folder exists), kExhausted (disk full, with both numbers), kIo.
SynthReport write_model(const SynthRequest& request, const std::filesystem::path& folder,
                        const SynthProgress& progress);

}  // namespace rbee::pool::synth
