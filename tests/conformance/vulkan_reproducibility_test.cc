// The vulkan backend gives the same bits alone and in company, whole and in pieces.

#include <random>

#include <gtest/gtest.h>

#include "engine/backend/vulkan/vulkan_backend.h"
#include "long_sequence.h"
#include "reproducibility.h"

namespace rbee::engine::conformance {
namespace {

TEST(VulkanReproducibility, logits_do_not_depend_on_batch_or_chunks) {
  if (const std::string reason = why_no_vulkan(); !reason.empty()) GTEST_SKIP() << reason;
  const BackendMaker make = [](std::uint32_t) { return make_vulkan_backend({}); };
  const std::uint64_t seed = std::random_device()();
  for (const formats::DType dtype : {formats::DType::kBF16, formats::DType::kQ4_K}) {
    expect_reproducible(make, dtype, seed);
  }
}

// Few tokens with many positions take the way of attention_split.comp, more take that of attention.comp.
TEST(VulkanReproducibility, splitting_the_positions_changes_no_bit) {
  if (const std::string reason = why_no_vulkan(); !reason.empty()) GTEST_SKIP() << reason;
  const auto backend = make_vulkan_backend({});
  expect_same_in_company(*backend);
}

}  // namespace
}  // namespace rbee::engine::conformance
