#include "engine/backend/cuda/step_tables.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "engine/backend/cuda/kernels/step_view.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

constexpr std::uint32_t kTokenSections = 4;  // ids, positions, long tables, where blocks begin

std::uint32_t table_entries(const KvLayout& kv, const StepLimits& limits) {
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(std::uint64_t{kv.blocks} * std::max(limits.sequences_max, 1U), kv.blocks,
                                std::max(kBlockTableEntriesMax, std::uint64_t{kv.blocks})));
}

std::uint64_t words_needed(const KvLayout& kv, const StepLimits& limits) {
  const Checked words =
      Checked(limits.tokens_max) * kTokenSections + limits.outputs_max + table_entries(kv, limits) + kHeaderWords;
  return words.value_or_throw("the step's tables");
}

}  // namespace

StepTables::StepTables(const Device& device, const Graph& graph, const KvLayout& kv, const StepLimits& limits)
    : device_(device),
      block_tokens_(kv.block_tokens),
      blocks_max_(table_entries(kv, limits)),
      words_max_(words_needed(kv, limits)),
      buffer_(device, words_max_ * sizeof(std::uint32_t), "the step's tables"),
      staging_(device, words_max_ * sizeof(std::uint32_t), "the step's tables"),
      host_(reinterpret_cast<std::uint32_t*>(staging_.data())) {
  if (graph.rope_tables.size() > kRopeTablesMax) {
    fail(ErrorKind::kUnsupported, "the cuda backend takes {} rope tables, the model has {}", kRopeTablesMax,
         graph.rope_tables.size());
  }
  for (const RopeTable& table : graph.rope_tables) long_after_.push_back(table.long_after);
}

void StepTables::write(const Step& step) {
  used_ = kHeaderWords;
  host_[kTokenCount] = static_cast<std::uint32_t>(step.tokens.size());
  host_[kOutputCount] = static_cast<std::uint32_t>(step.output_rows.size());
  write_tokens(step);
  write_blocks(step);
  device_.check(device_.api().copy_to_device(buffer_.address(), host_, used_ * sizeof(std::uint32_t), device_.stream()),
                "copying a step's tables");
}

void StepTables::write_tokens(const Step& step) {
  const auto tokens = static_cast<std::uint32_t>(step.tokens.size());
  for (const StepWord section : {kTokenIds, kPositions, kUsesLong, kTableBegins}) {
    host_[section] = used_;
    used_ += tokens;
  }
  for (std::uint32_t t = 0; t < tokens; ++t) {
    host_[host_[kTokenIds] + t] = static_cast<std::uint32_t>(step.tokens[t].value());
  }
  for (const StepSequence& sequence : step.sequences) {
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      const std::uint32_t token = sequence.first_token + t, position = sequence.position + t;
      host_[host_[kPositions] + token] = position;
      host_[host_[kUsesLong] + token] = long_tables(sequence, position);
    }
  }
  host_[kOutputRows] = used_;
  std::copy(step.output_rows.begin(), step.output_rows.end(), host_ + used_);
  used_ += static_cast<std::uint32_t>(step.output_rows.size());
}

std::uint32_t StepTables::long_tables(const StepSequence& sequence, std::uint32_t position) const {
  std::uint32_t bits = 0;
  for (std::size_t table = 0; table < long_after_.size(); ++table) {
    if (std::max(sequence.prompt_tokens, position + 1) > long_after_[table]) bits |= 1U << table;
  }
  return bits;
}

void StepTables::write_blocks(const Step& step) {
  host_[kBlockTables] = used_;
  std::uint32_t entries = 0;
  for (const StepSequence& sequence : step.sequences) {
    const std::uint64_t needed =
        (std::uint64_t{sequence.position} + sequence.tokens + block_tokens_ - 1) / block_tokens_;
    const std::size_t count = std::min<std::size_t>(needed, sequence.blocks.size());
    if (count > blocks_max_ - entries) {
      fail(ErrorKind::kExhausted, "the step's block tables have more than {} entries", blocks_max_);
    }
    for (std::uint32_t t = 0; t < sequence.tokens; ++t) {
      host_[host_[kTableBegins] + sequence.first_token + t] = entries;
    }
    for (std::size_t b = 0; b < count; ++b) host_[used_ + b] = sequence.blocks[b].value();
    used_ += static_cast<std::uint32_t>(count);
    entries += static_cast<std::uint32_t>(count);
  }
}

}  // namespace rbee::engine::cuda
