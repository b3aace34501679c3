#pragma once
// A graph as a list of kernel launches.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/backend/cuda/kernel_set.h"
#include "engine/backend/cuda/plan_memory.h"

namespace rbee::engine::cuda {

/// One kernel over the rows of a step.
struct Launch {
  /// A kernel for few rows of a step, and one for more.
  struct Variant {
    CuFunction kernel = nullptr;
    std::uint32_t blocks = 1;  ///< per `rows` rows
    std::uint32_t rows = 1;    ///< that a block does
  };
  /// Which steps it belongs to: attention to few tokens with many positions is split.
  enum class Attention : std::uint8_t { kAny, kWhole, kSplit };

  Variant few, many;
  std::uint32_t few_max = 0;  ///< rows that the first is for
  std::uint32_t threads = 0;
  alignas(8) std::array<std::byte, 128> args{};  ///< of kernels/kernel_args.h
  RowKind rows = RowKind::kTokens;
  Attention attention = Attention::kAny;
  bool by_split = false;  ///< once per split of the positions
};

/// Whether the op runs here with weights of this type.
bool is_supported(const Op& op, formats::DType weight_dtype);

/// The launches of all ops in order; kInput has none. What `memory` and `kernels` hold must outlive them.
std::vector<Launch> make_launches(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory,
                                  KernelSet& kernels);

}  // namespace rbee::engine::cuda
