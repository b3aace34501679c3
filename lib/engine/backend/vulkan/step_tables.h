#pragma once
// What shaders must know about a step: written by the host before each, read through bindings.glsl.

#include <cstdint>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/vulkan/buffer.h"

namespace rbee::engine::vulkan {

/// 32-bit words: a header of 16 (the counts of tokens and of outputs, then where each section begins), then by token
/// its id, its position and where its sequence's block table begins; by output its token; the block tables; by rope
/// table and token the cosines and sines of its angles.
class StepTables {
 public:
  StepTables(const Device& device, const Graph& graph, const KvLayout& kv, const StepLimits& limits);

  /// Throws Error{kExhausted} when the step's block tables are larger than memory was taken for.
  void write(const Step& step);

  BufferRange range() const { return {buffer_.handle(), 0, buffer_.size()}; }

 private:
  void write_blocks(const Step& step);
  void write_angles(const StepSequence& sequence);

  const std::vector<RopeTable> ropes_;
  const std::uint32_t block_tokens_;
  std::uint32_t token_ids_ = 0, positions_ = 0, table_begins_ = 0, output_rows_ = 0, blocks_ = 0;  // section begins
  std::uint32_t blocks_max_ = 0;
  std::vector<std::uint32_t> angles_;  // section begins, by rope table
  Buffer buffer_;
  std::uint32_t* words_ = nullptr;
};

}  // namespace rbee::engine::vulkan
