#include "engine/backend/vulkan/step_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/checked.h"
#include "base/error.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

// As in bindings.glsl.
constexpr std::uint32_t kTokenIds = 2, kPositions = 3, kTableBegins = 4, kOutputRows = 5, kBlockTables = 6, kAngles = 8;
constexpr std::uint32_t kHeaderWords = kAngles + kRopeTablesMax;

}  // namespace

StepTables::StepTables(const Device& device, const Graph& graph, const KvLayout& kv, const StepLimits& limits)
    : ropes_(graph.rope_tables), block_tokens_(kv.block_tokens) {
  if (ropes_.size() > kRopeTablesMax) {
    fail(ErrorKind::kUnsupported, "the vulkan backend takes {} rope tables, the model has {}", kRopeTablesMax,
         ropes_.size());
  }
  Checked words = kHeaderWords;
  const auto section = [&](Checked count) {
    const auto begin = static_cast<std::uint32_t>(words.value_or_throw("the step's tables"));
    words += count;
    return begin;
  };
  token_ids_ = section(limits.tokens_max);
  positions_ = section(limits.tokens_max);
  table_begins_ = section(limits.tokens_max);
  output_rows_ = section(limits.outputs_max);
  blocks_max_ = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(std::uint64_t{kv.blocks} * std::max(limits.sequences_max, 1U), kv.blocks,
                                std::max(kBlockTableEntriesMax, std::uint64_t{kv.blocks})));
  blocks_ = section(blocks_max_);
  for (const RopeTable& rope : ropes_) {
    angles_.push_back(section(Checked(rope.inverse_frequencies.size()) * 2 * limits.tokens_max));
  }
  const std::uint64_t bytes = (words * 4).value_or_throw("the step's tables");
  if (bytes > device.binding_bytes_max()) {
    fail(ErrorKind::kExhausted, "the step's tables need {} bytes, a shader on {} is given {}: take a smaller step",
         bytes, device.description(), device.binding_bytes_max());
  }
  buffer_ = Buffer(device, bytes, Placement::kShared, "the step's tables");
  words_ = reinterpret_cast<std::uint32_t*>(buffer_.mapped());
}

void StepTables::write(const Step& step) {
  words_[0] = static_cast<std::uint32_t>(step.tokens.size());
  words_[1] = static_cast<std::uint32_t>(step.output_rows.size());
  words_[kTokenIds] = token_ids_;
  words_[kPositions] = positions_;
  words_[kTableBegins] = table_begins_;
  words_[kOutputRows] = output_rows_;
  words_[kBlockTables] = blocks_;
  for (std::size_t i = 0; i < ropes_.size(); ++i) words_[kAngles + i] = angles_[i];
  for (std::size_t t = 0; t < step.tokens.size(); ++t) {
    words_[token_ids_ + t] = static_cast<std::uint32_t>(step.tokens[t].value());
  }
  std::copy(step.output_rows.begin(), step.output_rows.end(), words_ + output_rows_);
  write_blocks(step);
  for (const StepSequence& sequence : step.sequences) write_angles(sequence);
}

void StepTables::write_blocks(const Step& step) {
  std::uint32_t used = 0;
  for (const StepSequence& sequence : step.sequences) {
    const std::uint64_t needed =
        (std::uint64_t{sequence.position} + sequence.tokens + block_tokens_ - 1) / block_tokens_;
    const std::size_t count = std::min<std::size_t>(needed, sequence.blocks.size());
    if (count > blocks_max_ - used) {
      fail(ErrorKind::kExhausted, "the step's block tables have more than {} entries", blocks_max_);
    }
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      words_[positions_ + sequence.first_token + t] = sequence.position + t;
      words_[table_begins_ + sequence.first_token + t] = used;
    }
    for (std::size_t b = 0; b < count; ++b) words_[blocks_ + used + b] = sequence.blocks[b].value();
    used += static_cast<std::uint32_t>(count);
  }
}

void StepTables::write_angles(const StepSequence& sequence) {
  for (std::size_t table = 0; table < ropes_.size(); ++table) {
    const RopeTable& rope = ropes_[table];
    const std::size_t pairs = rope.inverse_frequencies.size();
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      const std::uint32_t position = sequence.position + t;
      const bool use_long = std::max(sequence.prompt_tokens, position + 1) > rope.long_after;
      const std::vector<float>& frequencies = use_long ? rope.long_inverse_frequencies : rope.inverse_frequencies;
      std::uint32_t* cosines = words_ + angles_[table] + 2 * pairs * (sequence.first_token + t);
      for (std::size_t i = 0; i < pairs; ++i) {
        // The angle is rounded to float32, as in the implementations that models are trained with.
        const double angle = static_cast<float>(position) * frequencies[i];
        cosines[i] = std::bit_cast<std::uint32_t>(static_cast<float>(std::cos(angle) * rope.magnitude));
        cosines[pairs + i] = std::bit_cast<std::uint32_t>(static_cast<float>(std::sin(angle) * rope.magnitude));
      }
    }
  }
}

}  // namespace rbee::engine::vulkan
