#include "engine/backend/backend_module.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "engine/backend/testing/thrown_message.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal(std::string_view name, const BackendOptions& options) {
  return message_of(ErrorKind::kUnsupported, [&] { make_backend(name, options); });
}

TEST(BackendModule, one_that_is_not_installed_is_named_with_the_places) {
  EXPECT_THAT(refusal("vulkan", {.module_folder = "/no/such/folder"}),
              AllOf(HasSubstr("librbee_vulkan"), HasSubstr("/no/such/folder")));
}

TEST(BackendModule, a_file_that_is_no_module_is_refused) {
  const fs::path folder = fs::path(testing::TempDir()) / "rbee_no_module";
  fs::create_directories(folder);
  write_file_atomically(folder / "librbee_vulkan.so", "no shared object");
  EXPECT_THAT(refusal("vulkan", {.module_folder = folder}), HasSubstr("cannot be loaded"));
  fs::remove_all(folder);
}

TEST(BackendModule, a_module_with_another_interface_is_refused) {
  EXPECT_THAT(refusal("vulkan", {.module_folder = RBEE_OLD_MODULE_FOLDER}),
              AllOf(HasSubstr("interface 0"), HasSubstr("is expected")));
}

#if !defined(__APPLE__)
TEST(BackendModule, metal_is_refused_elsewhere) {
  EXPECT_THAT(refusal("metal", {}), HasSubstr("Apple"));
}
#endif

}  // namespace
}  // namespace rbee::engine
