// The cuda backend, over the emulated driver, gives the same bits alone and in company, whole and in pieces, and
// whatever the order in which a block's threads take turns.

#include <random>

#include <gtest/gtest.h>

#include "engine/backend/cuda/emulation/emulated_cuda.h"
#include "long_sequence.h"
#include "reproducibility.h"

namespace rbee::engine::conformance {
namespace {

using cuda::simt::TurnOrder;

TEST(CudaEmulatedReproducibility, logits_do_not_depend_on_batch_chunks_or_turns) {
  const BackendMaker make = [](std::uint32_t number) {
    cuda::emulated_driver().turns = number == 1   ? TurnOrder::kForward
                                    : number == 2 ? TurnOrder::kBackward
                                                  : TurnOrder::kShuffled;
    return cuda::make_emulated_cuda_backend();
  };
  const std::uint64_t seed = std::random_device()();
  expect_reproducible(make, formats::DType::kBF16, seed);
}

// More tokens than kSplitTokensMax take the way of attention_whole, which the pieces of the history do.
TEST(CudaEmulatedReproducibility, splitting_the_positions_changes_no_bit) {
  const auto backend = cuda::make_emulated_cuda_backend();
  expect_same_in_company(*backend);
}

}  // namespace
}  // namespace rbee::engine::conformance
