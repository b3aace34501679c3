// The cuda backend against reference, over the emulated driver: the kernels' own source runs on the host. No graphics
// card is involved.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cuda/emulation/emulated_cuda.h"
#include "op_conformance.h"

namespace rbee::engine::conformance {
namespace {

using cuda::simt::TurnOrder;

/// The bounds are for float32 inputs. Where the weights are floats of 16 bits this backend multiplies with inputs of 16
/// significant bits: wrong by (2^-17)^2/3 of a number's square at most, by a tenth of that on average.
std::vector<OpCase> cases() {
  std::vector<OpCase> all = op_cases();
  for (OpCase& one : all) {
    if (one.name.starts_with("matmul BF16") || one.name.starts_with("matmul F16")) one.nmse_max = 3e-11;
  }
  return all;
}

TEST(CudaEmulatedConformance, every_op_agrees_with_the_reference) {
  const auto backend = cuda::make_emulated_cuda_backend();
  for (const OpCase& one : cases()) expect_conforms(*backend, one);
}

// A kernel that lacks a barrier computes something else when its threads take turns in another order.
TEST(CudaEmulatedConformance, the_order_in_which_threads_take_turns_does_not_matter) {
  const auto backend = cuda::make_emulated_cuda_backend();
  std::size_t number = 0;
  for (const OpCase& one : cases()) {
    if (one.name.starts_with("matmul ") && number++ % 29 != 0) continue;
    for (const TurnOrder order : {TurnOrder::kBackward, TurnOrder::kShuffled}) {
      cuda::emulated_driver().turns = order;
      if (one.limits.tokens_max < 60) expect_conforms(*backend, one);
    }
  }
  cuda::emulated_driver().turns = TurnOrder::kForward;
}

}  // namespace
}  // namespace rbee::engine::conformance
