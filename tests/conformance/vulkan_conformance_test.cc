// The vulkan backend against reference. Shaders are translated by the driver for each type and shape, which takes
// longer than running them: so these are all row operations and every seventh product of each type.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/vulkan/vulkan_backend.h"
#include "op_conformance.h"

namespace rbee::engine::conformance {
namespace {

std::vector<OpCase> some_cases(std::size_t stride) {
  std::vector<OpCase> cases;
  std::size_t products = 0;
  for (OpCase& one : op_cases()) {
    if (one.name.starts_with("matmul ") && products++ % stride != 0) continue;
    cases.push_back(std::move(one));
  }
  return cases;
}

class VulkanConformance : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_vulkan(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(VulkanConformance, every_op_agrees_with_the_reference) {
  const auto backend = make_vulkan_backend({});
  for (const OpCase& one : some_cases(7)) expect_conforms(*backend, one);
}

// Matrices that are larger than what a shader can be given are cut into slices.
TEST_F(VulkanConformance, matrices_that_exceed_a_binding_agree_with_the_reference) {
  const auto backend = make_vulkan_backend({.binding_bytes_max = 64 << 10});
  std::size_t cut = 0;
  for (const OpCase& one : op_cases()) {
    const bool embeds = one.name.starts_with("embed");
    const bool is_large = one.name.find("[130, 1500] times 7") != std::string::npos ||
                          one.name.find("[130, 2304] times 3") != std::string::npos;
    if (!embeds && !is_large) continue;
    expect_conforms(*backend, one);
    ++cut;
  }
  EXPECT_GE(cut, 10U);
}

TEST_F(VulkanConformance, the_validation_layer_has_nothing_to_say) {
  if (!has_vulkan_validation()) GTEST_SKIP() << "VK_LAYER_KHRONOS_validation is not installed";
  std::mutex mutex;
  std::vector<std::string> messages;
  {
    const auto backend = make_vulkan_backend({.validation = [&](std::string_view message) {
      const std::lock_guard lock(mutex);
      messages.emplace_back(message);
    }});
    for (const OpCase& one : some_cases(37)) {
      if (one.limits.tokens_max < 40) expect_conforms(*backend, one);
    }
  }
  EXPECT_TRUE(messages.empty()) << messages.size() << " messages, the first: " << messages.front();
}

}  // namespace
}  // namespace rbee::engine::conformance
