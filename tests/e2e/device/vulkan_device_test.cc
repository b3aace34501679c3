// The vulkan backend's module over a real driver, with a layer before it that makes calls fail.

#include <gtest/gtest.h>

#include "base/file.h"
#include "faulty_device.h"
#include "full_device.h"
#include "hive_runner.h"

namespace rbee::e2e {
namespace {

const std::string kManifest = RBEE_SOURCE_DIR "/lib/engine/backend/vulkan/testing/fault_layer.json";

class VulkanDeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    const TestPool pool(RBEE_WORKER_PROGRAM);
    const boost::json::value vulkan = pool.run({"devices", "--json"}).json().at("vulkan");
    if (vulkan.at("devices").as_array().empty()) GTEST_SKIP() << "this machine has no Vulkan device";
    write_file_atomically(layer_.folder() / "fault_layer.json", read_file(kManifest, 1 << 20));
  }

  const StandIn layer_{RBEE_STAND_IN, "librbee_fault_layer.so"};
  const DeviceUnderTest device_{
      "vulkan", {"VK_LAYER_PATH=" + layer_.folder().string(), "VK_INSTANCE_LAYERS=VK_LAYER_RBEE_fault"}};
};

TEST_F(VulkanDeviceTest, a_lost_device_ends_the_worker_and_the_hive_tells_why) {
  layer_.set("failing_submission 70\n");
  expect_hive_tells_of_lost_device(device_,
                                   {"the Vulkan device ", " was lost: running a step failed", "VK_ERROR_DEVICE_LOST"});
}

TEST_F(VulkanDeviceTest, a_device_that_is_lost_while_the_model_loads_ends_the_worker) {
  layer_.set("failing_submission 1\n");
  expect_failure(run_worker_to_its_end(device_), {"was lost: copying weights", "VK_ERROR_DEVICE_LOST"});
}

TEST_F(VulkanDeviceTest, a_device_that_is_lost_while_it_serves_ends_the_worker) {
  layer_.set("failing_submission 70\n");
  expect_failure(run_worker_to_its_end(device_), {"was lost: running a step", "VK_ERROR_DEVICE_LOST"});
}

TEST_F(VulkanDeviceTest, what_keeps_a_worker_from_starting_is_one_clear_error) {
  layer_.set("vulkan_minor 1\n");
  expect_failure(run_worker_to_its_end(device_), {"is too old", "Vulkan 1.1 is needed"});
  expect_failure(run_worker_to_its_end(device_, {"--gpu", "60"}), {"there is no Vulkan device 60; there are: 0: "});
  layer_.set("failing_pipeline 3\n");
  expect_failure(run_worker_to_its_end(device_), {"does not compile the shader", "VK_ERROR_INVALID_SHADER_NV"});
  layer_.set("heap_bytes 100000\n");
  expect_failure(run_worker_to_its_end(device_, {"--context", "64"}),
                 {"the model needs", "weights", "100000 are available"});
  layer_.set("allocation_bytes_max 100000\n");
  expect_failure(run_worker_to_its_end(device_, {"--context", "64"}),
                 {"bytes of memory are needed", "VK_ERROR_OUT_OF_DEVICE_MEMORY"});
}

TEST_F(VulkanDeviceTest, a_full_device_leaves_those_alone_that_serve_on_it) {
  layer_.set("heap_bytes " + std::to_string(kFullDeviceBytes) + "\n");
  expect_full_device_leaves_others_alone(device_, layer_, "allocation_bytes_max 100000\n",
                                         {"bytes of memory are needed", "VK_ERROR_OUT_OF_DEVICE_MEMORY"});
}

TEST_F(VulkanDeviceTest, no_driver_is_one_clear_error) {
  const DeviceUnderTest nothing{"vulkan", {"VK_ICD_FILENAMES=/no/such/driver.json"}};
  expect_failure(run_worker_to_its_end(nothing), {"the Vulkan loader finds no d"});
}

}  // namespace
}  // namespace rbee::e2e
