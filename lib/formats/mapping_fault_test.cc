#include "formats/mapping_fault.h"

#include <csignal>

#include <gtest/gtest.h>

#include "formats/mapped_file.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

void read_beyond_the_end() {
  const TestFolder folder;
  const std::filesystem::path path = folder.write("model", std::string(1 << 20, 'a'));
  const MappedFile file(path);
  report_mapping_faults();
  std::filesystem::resize_file(path, 1);
  const volatile std::byte* last = file.bytes().data() + file.bytes().size() - 1;
  static_cast<void>(*last);
}

TEST(MappingFaultDeathTest, a_file_truncated_while_mapped_ends_the_process_with_a_word) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(read_beyond_the_end(), testing::KilledBySignal(SIGBUS),
              "a mapped model file became shorter while in use");
}

}  // namespace
}  // namespace rbee::formats
