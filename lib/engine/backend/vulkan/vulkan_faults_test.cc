// What a healthy device never does, made to happen by a layer between the loader and the driver.

#include <algorithm>
#include <string>
#include <vector>

#include <dlfcn.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/backend/testing/small_models.h"
#include "engine/backend/testing/thrown_message.h"
#include "engine/backend/vulkan/testing/fault_layer.h"
#include "engine/backend/vulkan/vulkan_backend.h"

namespace rbee::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using vulkan::FaultLayer;

FaultLayer& fault_layer() {
  void* const library = ::dlopen(RBEE_FAULT_LAYER, RTLD_NOW | RTLD_LOCAL);  // as the loader has loaded it
  if (library == nullptr) fail(ErrorKind::kUnsupported, "the layer: {}", ::dlerror());
  auto* const function = reinterpret_cast<vulkan::FaultLayerFunction*>(::dlsym(library, vulkan::kFaultLayerFunction));
  return *function();
}

class VulkanFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    layer_ = FaultLayer{};
    if (const std::string reason = why_no_vulkan(); !reason.empty()) GTEST_SKIP() << reason;
    ASSERT_GT(layer_.instances, 0U) << "the layer is not loaded: ctest sets the environment that asks for it";
  }
  void TearDown() override { EXPECT_EQ(layer_.allocations, 0U) << "device memory was not given back"; }

  FaultLayer& layer_ = fault_layer();
};

TEST_F(VulkanFaultsTest, a_device_that_is_lost_in_a_step_is_named_with_the_drivers_error) {
  const auto backend = make_vulkan_backend({});
  const MatrixModel model(8);
  const auto plan = model.compile(*backend);
  EXPECT_EQ(model.run(*backend, *plan), model.expected());
  layer_.failing_submission = 1;
  const auto step = [&] { model.run(*backend, *plan); };
  EXPECT_THAT(message_of(ErrorKind::kIo, step),
              AllOf(HasSubstr("the Vulkan device " + backend->describe().device + " was lost: running a step failed"),
                    HasSubstr("VK_ERROR_DEVICE_LOST")));
  EXPECT_THAT(message_of(ErrorKind::kIo, step), HasSubstr("was lost"));  // and so does every later one
}

TEST_F(VulkanFaultsTest, a_device_that_is_lost_while_weights_are_copied_ends_the_load) {
  const auto backend = make_vulkan_backend({});
  const MatrixModel model(4500);
  layer_.failing_submission = 2;
  EXPECT_THAT(message_of(ErrorKind::kIo, [&] { model.compile(*backend); }),
              AllOf(HasSubstr("was lost: copying weights"), HasSubstr("VK_ERROR_DEVICE_LOST")));
}

TEST_F(VulkanFaultsTest, a_model_larger_than_the_memory_is_refused_with_both_sizes) {
  layer_.heap_bytes = 10'000'000;
  const auto backend = make_vulkan_backend({});
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { MatrixModel(4500).compile(*backend); }),
              AllOf(HasSubstr("weights 18432000"), HasSubstr("of 10000000 are available")));
}

TEST_F(VulkanFaultsTest, what_other_processes_hold_is_not_available) {
  layer_.budget_bytes = 5'000'000;
  const auto backend = make_vulkan_backend({});
  EXPECT_EQ(backend->describe().memory_available_bytes, 5'000'000U);
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { MatrixModel(4500).compile(*backend); }),
              HasSubstr("5000000 of "));
}

TEST_F(VulkanFaultsTest, memory_that_goes_away_while_a_model_is_loaded_is_an_error_with_both_sizes) {
  const auto backend = make_vulkan_backend({});
  layer_.allocation_bytes_max = 10'000'000;
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { MatrixModel(4500).compile(*backend); }),
              AllOf(HasSubstr("the model's weights: 18432000 bytes of memory are needed"),
                    HasSubstr("VK_ERROR_OUT_OF_DEVICE_MEMORY")));
  layer_.allocation_bytes_max = 0;  // nothing of the failed load is in the way
  const MatrixModel model(8);
  const auto plan = model.compile(*backend);
  EXPECT_EQ(model.run(*backend, *plan), model.expected());
}

// The device copies one piece while the next is read from the file and packed, and no piece is packed into memory that
// is still copied from: here copies begin only when the host waits for one.
TEST_F(VulkanFaultsTest, weights_are_read_while_others_are_copied) {
  const auto backend = make_vulkan_backend({});
  const MatrixModel model(9000);  // 37 MB: three pieces
  layer_.holds_submissions = 1;
  const auto plan = model.compile(*backend);
  EXPECT_EQ(layer_.held_max, 2U);
  EXPECT_EQ(model.run(*backend, *plan), model.expected());
}

TEST_F(VulkanFaultsTest, memory_of_this_process_is_what_the_driver_says) {
  const MatrixModel model(4500);
  EXPECT_EQ(make_vulkan_backend({})->describe().memory_measured_bytes, 0U);
  layer_.budget_bytes = 100'000'000;
  const auto backend = make_vulkan_backend({});
  const auto plan = model.compile(*backend);
  EXPECT_GT(backend->describe().memory_measured_bytes, 18'432'000U);
  EXPECT_EQ(backend->describe().memory_measured_bytes, layer_.allocated_bytes);
}

// Steps reuse what was recorded for their shape: nothing of the device is taken for a request.
TEST_F(VulkanFaultsTest, steps_take_no_device_memory) {
  const auto backend = make_vulkan_backend({});
  const MatrixModel model(8);
  const auto plan = model.compile(*backend);
  model.run(*backend, *plan);
  const std::uint64_t allocations = layer_.allocations;
  for (int i = 0; i < 20; ++i) model.run(*backend, *plan);
  EXPECT_EQ(layer_.allocations, allocations);
}

TEST_F(VulkanFaultsTest, a_shader_that_the_driver_does_not_compile_is_named) {
  const auto backend = make_vulkan_backend({});
  layer_.failing_pipeline = 1;
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { MatrixModel(8).compile(*backend); }),
              AllOf(HasSubstr("does not compile the shader '"), HasSubstr("VK_ERROR_INVALID_SHADER_NV")));
}

TEST_F(VulkanFaultsTest, a_driver_that_is_too_old_is_told_what_it_has_and_what_is_needed) {
  layer_.vulkan_minor = 1;  // 1.0
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { make_vulkan_backend({}); }),
              AllOf(HasSubstr("Vulkan 1.0.0"), HasSubstr("Vulkan 1.1 is needed")));
}

}  // namespace
}  // namespace rbee::engine
