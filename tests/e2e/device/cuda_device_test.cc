// The cuda backend's module over a stand-in for the NVIDIA driver, which runs the kernels' source on the host.

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "faulty_device.h"
#include "full_device.h"
#include "hive_runner.h"

namespace rbee::e2e {
namespace {

class CudaDeviceTest : public testing::Test {
 protected:
  const StandIn driver_{RBEE_STAND_IN, "libcuda.so.1"};
  const DeviceUnderTest device_{"cuda", {"LD_LIBRARY_PATH=" + driver_.folder().string()}};
};

TEST_F(CudaDeviceTest, a_lost_device_ends_the_worker_and_the_hive_tells_why) {
  driver_.set("failing_launch 100\nlaunch_error 700\n");
  expect_hive_tells_of_lost_device(
      device_, {"the CUDA device emulated device at 00000000:00:00.0 was lost", "CUDA_ERROR_ILLEGAL_ADDRESS"});
}

TEST_F(CudaDeviceTest, every_error_that_loses_the_device_ends_the_worker) {
  for (const auto& [number, name] :
       {std::pair("214", "CUDA_ERROR_ECC_UNCORRECTABLE"), std::pair("719", "CUDA_ERROR_LAUNCH_FAILED")}) {
    driver_.set(std::string("failing_launch 1\nlaunch_error ") + number + "\n");
    expect_failure(run_worker_to_its_end(device_), {"was lost", name});
  }
}

TEST_F(CudaDeviceTest, what_keeps_a_worker_from_starting_is_one_clear_error) {
  driver_.set("version 11020\n");
  expect_failure(run_worker_to_its_end(device_), {"driver is too old", "CUDA 11.2", "need one for CUDA"});
  driver_.set("init_error 719\n");
  expect_failure(run_worker_to_its_end(device_), {"does not start", "CUDA_ERROR_LAUNCH_FAILED"});
  driver_.set("devices 0\n");
  expect_failure(run_worker_to_its_end(device_), {"shows no device"});
  driver_.set("devices 2\n");
  expect_failure(run_worker_to_its_end(device_, {"--gpu", "2"}),
                 {"there is no CUDA device 2; there are: 0: emulated device", "1: emulated device 1"});
  driver_.set("capability 75\n");
  expect_failure(run_worker_to_its_end(device_), {"compute capability 7.5", "8.0 is needed"});
  driver_.set("image_error 218\n");
  expect_failure(run_worker_to_its_end(device_), {"does not take the kernels", "CUDA_ERROR_INVALID_PTX"});
  driver_.set("memory_bytes 100000\n");
  expect_failure(run_worker_to_its_end(device_, {"--context", "64"}),
                 {"the model needs", "weights", "100000 are available"});
}

TEST_F(CudaDeviceTest, a_full_device_leaves_those_alone_that_serve_on_it) {
  driver_.set("memory_bytes " + std::to_string(kFullDeviceBytes) + "\n");
  expect_full_device_leaves_others_alone(device_, driver_, "memory_bytes 100000\n",
                                         {"the model needs", "100000 are available"});
}

TEST_F(CudaDeviceTest, two_devices_are_told_apart_and_memory_is_measured_per_worker) {
  const StandIn management(RBEE_MANAGEMENT_STAND_IN, "libnvidia-ml.so.1");
  driver_.set("devices 2\n");
  management.set("devices 2\nprocess_bytes 123456789\n");
  TestPool pool(RBEE_WORKER_PROGRAM);
  pool.set(device_.environment.front() + ":" + management.folder().string());
  const boost::json::value devices = pool.run({"devices", "--json"}).json().at("cuda").at("devices");
  ASSERT_EQ(devices.as_array().size(), 2U);
  EXPECT_EQ(devices.at(1).at("name").as_string(), "emulated device 1");

  ASSERT_EQ(pool.run({"models", "import", RBEE_TEST_DATA "/models/tiny-qwen2", "--id", "tiny"}).code, 0);
  for (const char* gpu : {"0", "1"}) {
    const HiveResult spawned =
        pool.run({"worker", "spawn", "cuda", "--gpu", gpu, "--model", "tiny", "--port", "0", "--json"});
    ASSERT_EQ(spawned.code, 0) << spawned.err;
  }
  const boost::json::value workers = pool.run({"worker", "list", "--json"}).json().at("workers");
  ASSERT_EQ(workers.as_array().size(), 2U);
  EXPECT_EQ(workers.at(0).at("worker_id").as_string(), "worker-cuda-0");
  EXPECT_EQ(workers.at(0).at("device").as_string().find("emulated device ("), 0U);
  EXPECT_EQ(workers.at(0).at("vram_bytes").to_number<std::uint64_t>(), 123456789U);
  EXPECT_EQ(workers.at(1).at("worker_id").as_string(), "worker-cuda-1");
  EXPECT_EQ(workers.at(1).at("device").as_string().find("emulated device 1 ("), 0U);
  // NVML knows nothing of this process on the second: then it is what was asked of the driver.
  EXPECT_NE(workers.at(1).at("vram_bytes").to_number<std::uint64_t>(), 123456789U);
  EXPECT_GT(workers.at(1).at("vram_bytes").to_number<std::uint64_t>(), 100000U);
}

TEST(CudaDriverTest, no_driver_is_one_clear_error) {
  const WorkerEnd end = run_worker_to_its_end({"cuda", {}});
  if (end.log.find("no NVIDIA driver") == std::string::npos) GTEST_SKIP() << "this machine has a driver: " << end.log;
  expect_failure(end, {"no NVIDIA driver", "libcuda.so.1"});
}

}  // namespace
}  // namespace rbee::e2e
