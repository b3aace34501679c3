// What goes wrong, and what is kept; that operations are right is proved by tests/conformance.

#include "engine/backend/cuda/cuda_backend.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/backend/cuda/emulation/emulated_cuda.h"
#include "engine/backend/cuda/step_graphs.h"
#include "engine/backend/testing/small_models.h"
#include "engine/backend/testing/thrown_message.h"

namespace rbee::engine {
namespace {

using cuda::EmulatedDriver;
using testing::AllOf;
using testing::HasSubstr;

class CudaBackendTest : public testing::Test {
 protected:
  void SetUp() override { driver_ = EmulatedDriver{}; }
  void TearDown() override { EXPECT_EQ(driver_.objects, 0U) << "something was not given back"; }

  EmulatedDriver& driver_ = cuda::emulated_driver();
};

TEST(CudaDriver, a_machine_without_one_is_told_what_was_looked_for) {
  CudaOptions options;
  options.driver_library = "libcuda-that-is-not-there.so.1";
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { make_cuda_backend(options); }),
              AllOf(HasSubstr("no NVIDIA driver"), HasSubstr("libcuda-that-is-not-there.so.1")));
}

TEST(CudaDriver, a_library_that_is_no_driver_lacks_functions) {
  CudaOptions options;
  options.driver_library = "libm.so.6";
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { make_cuda_backend(options); }),
              AllOf(HasSubstr("too old"), HasSubstr("cuInit")));
}

TEST_F(CudaBackendTest, a_driver_that_is_too_old_is_told_what_it_has_and_what_is_needed) {
  driver_.version = 11020;
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { cuda::make_emulated_cuda_backend(); }),
              AllOf(HasSubstr("CUDA 11.2"), HasSubstr("CUDA 11.4")));
}

TEST_F(CudaBackendTest, a_driver_that_does_not_start_says_why) {
  driver_.init_error = 719;
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { cuda::make_emulated_cuda_backend(); }),
              AllOf(HasSubstr("does not start"), HasSubstr("CUDA_ERROR_LAUNCH_FAILED")));
}

TEST_F(CudaBackendTest, no_device_is_an_error_of_its_own) {
  driver_.devices.clear();
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { cuda::make_emulated_cuda_backend(); }),
              AllOf(HasSubstr("shows no device"), HasSubstr("CUDA_VISIBLE_DEVICES")));
}

// The driver puts the fastest first, the management library goes by the bus; `--gpu` means the latter.
TEST_F(CudaBackendTest, devices_are_numbered_by_their_places_on_the_bus) {
  driver_.devices = {{.name = "fast", .pci_bus = 0x5A}, {.name = "slow", .pci_bus = 0x18}};
  CudaOptions options = cuda::emulated_options();
  EXPECT_THAT(make_cuda_backend(options)->describe().device, HasSubstr("slow"));
  options.gpu = 1;
  EXPECT_THAT(make_cuda_backend(options)->describe().device, HasSubstr("fast"));
  options.gpu = 2;
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { make_cuda_backend(options); }),
              AllOf(HasSubstr("no CUDA device 2"), HasSubstr("0: slow at 00000000:18:00.0"), HasSubstr("1: fast")));
}

TEST_F(CudaBackendTest, a_device_that_is_too_old_is_told_what_it_has_and_what_is_needed) {
  driver_.devices = {{.name = "old", .capability = 75}};
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { cuda::make_emulated_cuda_backend(); }),
              AllOf(HasSubstr("old has compute capability 7.5"), HasSubstr("8.0 is needed")));
}

TEST_F(CudaBackendTest, kernels_that_the_driver_does_not_take_are_an_error_of_their_own) {
  driver_.image_error = 209;
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { cuda::make_emulated_cuda_backend(); }),
              HasSubstr("does not take the kernels"));
}

TEST_F(CudaBackendTest, a_model_larger_than_the_device_is_refused_with_both_sizes) {
  const auto backend = cuda::make_emulated_cuda_backend();
  SmallModel model;
  model.ask_for_huge_cache();
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { model.compile(*backend); }),
              AllOf(HasSubstr("KV cache 140737488355328"), HasSubstr("1073741824 of 1073741824 are available")));
  EXPECT_EQ(driver_.used_bytes, 0U);
}

// Another process may take memory between the question and the answer.
TEST_F(CudaBackendTest, memory_that_goes_away_while_a_model_is_loaded_is_an_error_with_both_sizes) {
  driver_.devices = {{.memory_bytes = 32 << 10}};
  const auto backend = cuda::make_emulated_cuda_backend();
  SmallModel model;
  model.limits.tokens_max = 40;  // the step's tables are not counted beforehand
  model.limits.sequences_max = 10000;
  model.kv.blocks = 4;
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { model.compile(*backend); }),
              AllOf(HasSubstr("bytes of memory are needed"), HasSubstr("are available")));
  EXPECT_EQ(driver_.used_bytes, 0U);
}

TEST_F(CudaBackendTest, a_lost_device_ends_the_step_with_the_drivers_reason) {
  const auto backend = cuda::make_emulated_cuda_backend();
  const SmallModel model;
  const auto plan = model.compile(*backend);
  model.run(*backend, *plan);
  driver_.failing_launch = 2;
  const auto step = [&] { model.run(*backend, *plan); };
  EXPECT_THAT(message_of(ErrorKind::kIo, step),
              AllOf(HasSubstr("the CUDA device emulated device at 00000000:00:00.0 was lost: "),
                    HasSubstr("CUDA_ERROR_LAUNCH_FAILED")));
  EXPECT_THAT(message_of(ErrorKind::kIo, step), HasSubstr("was lost"));  // and so does every later one
}

TEST_F(CudaBackendTest, heads_that_are_too_long_are_refused_by_name) {
  const auto backend = cuda::make_emulated_cuda_backend();
  SmallModel model;
  model.attend_with_long_heads();
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { model.compile(*backend); }), HasSubstr("attention"));
}

TEST_F(CudaBackendTest, a_matrix_that_is_used_twice_is_held_once) {
  const auto backend = cuda::make_emulated_cuda_backend();
  const SmallModel model;
  const auto plan = model.compile(*backend);
  const std::uint64_t all = backend->describe().memory_bytes;
  EXPECT_GE(all, 4096U);
  EXPECT_LT(all, 2 * 4096U);
}

TEST_F(CudaBackendTest, a_step_of_few_tokens_is_one_graph_for_its_class) {
  const auto backend = cuda::make_emulated_cuda_backend();
  SmallModel model;
  model.limits.tokens_max = 200;
  const auto plan = model.compile(*backend);
  const std::vector<float> one = model.run(*backend, *plan, 1);
  EXPECT_EQ(driver_.captures, 1U);
  EXPECT_EQ(model.run(*backend, *plan, 1), one);
  EXPECT_EQ(driver_.captures, 1U);
  EXPECT_EQ(driver_.graph_launches, 2U);
  model.run(*backend, *plan, 9);  // the class of 10
  model.run(*backend, *plan, 10);
  EXPECT_EQ(driver_.captures, 2U);
  model.run(*backend, *plan, 200);  // too many for a graph
  EXPECT_EQ(driver_.captures, 2U);
  EXPECT_EQ(driver_.graph_launches, 4U);
}

TEST_F(CudaBackendTest, graphs_make_room_for_new_ones) {
  const auto backend = cuda::make_emulated_cuda_backend();
  const cuda::Device device(cuda::emulated_options());
  const std::uint32_t before = driver_.objects;
  {
    cuda::StepGraphs graphs(device);
    for (std::uint32_t shape = 0; shape < 100; ++shape) graphs.launch({.tokens = shape}, [] {});
    EXPECT_EQ(driver_.captures, 100U);
    EXPECT_EQ(driver_.objects, before + 64);
    graphs.launch({.tokens = 99}, [] {});
    EXPECT_EQ(driver_.captures, 100U);
    graphs.launch({.tokens = 0}, [] {});
    EXPECT_EQ(driver_.captures, 101U);
  }
  EXPECT_EQ(driver_.objects, before);
}

// The device copies one piece while the next is read from the file and packed, and no piece is packed into memory that
// is still copied from.
TEST_F(CudaBackendTest, a_matrix_that_is_uploaded_in_pieces_arrives_whole) {
  driver_.holds_copies = true;
  const MatrixModel model(9000);  // 37 MB: three pieces, packed by several threads
  const auto backend = cuda::make_emulated_cuda_backend();
  const auto plan = model.compile(*backend);
  EXPECT_EQ(model.run(*backend, *plan), model.expected());
  EXPECT_EQ(driver_.held_copies_max, 2U);
}

TEST_F(CudaBackendTest, memory_of_this_process_is_what_the_management_library_says) {
  CudaOptions options = cuda::emulated_options();
  options.management_library = RBEE_EMULATED_MANAGEMENT;
  driver_.devices = {{.pci_bus = 0}, {.pci_bus = 1}};
  EXPECT_EQ(make_cuda_backend(options)->describe().memory_measured_bytes, 3U);
  options.gpu = 1;
  EXPECT_EQ(make_cuda_backend(options)->describe().memory_measured_bytes, 0U);
  options.gpu = 0;
  options.management_library = "libnvidia-ml-that-is-not-there.so.1";
  EXPECT_EQ(make_cuda_backend(options)->describe().memory_measured_bytes, 0U);
}

}  // namespace
}  // namespace rbee::engine
