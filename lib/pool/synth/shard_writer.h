#pragma once
// One safetensors file of random weights, written by several threads.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pool/synth/random_weights.h"
#include "pool/synth/write_model.h"

namespace rbee::pool::synth {

/// A tensor's place in its file.
struct PlacedTensor {
  SynthTensor tensor;
  std::uint64_t number = 0;  ///< in the model: the stream of its random numbers
  std::uint64_t begin = 0;   ///< from the start of the file's data
  std::uint64_t bytes = 0;
};

struct Shard {
  std::string file;
  std::vector<PlacedTensor> tensors;  ///< without gaps
  std::uint64_t data_bytes = 0;
};

/// Writes shards one after the other. One thread calls it.
class ShardWriter {
 public:
  ShardWriter(const SynthRequest& request, std::filesystem::path folder);

  /// Writes the whole file, of hollow models its header and its size, and has the disk keep it (fsync). `progress` runs
  /// on this thread. Throws Error{kIo, kExhausted}.
  void write(const Shard& shard, const std::function<void(std::uint64_t bytes_done)>& progress) const;

 private:
  const NormalTable& table_for(Draw draw) const;
  std::string header(const Shard& shard) const;

  const ElementType type_;
  const std::uint64_t seed_;
  const bool hollow_;
  const unsigned threads_;
  const std::filesystem::path folder_;
  const NormalTable weights_, biases_, norms_;
};

}  // namespace rbee::pool::synth
