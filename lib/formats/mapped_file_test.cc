#include "formats/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

std::string refusal(const fs::path& path) {
  return error_of([&path] { MappedFile file(path); });
}

TEST(MappedFileTest, a_regular_file_is_mapped_whole) {
  const TestFolder folder;
  const MappedFile file(folder.write("a", "content"));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()), "content");
  EXPECT_EQ(MappedFile(folder.write("empty", "")).bytes().size(), 0u);
  fs::create_symlink(folder.path() / "a", folder.path() / "link");
  EXPECT_EQ(MappedFile(folder.path() / "link").bytes().size(), 7u);
}

TEST(MappedFileTest, what_is_no_regular_file_is_refused_without_blocking) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "fifo").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder.path() / "zero");
  for (const fs::path& path : {folder.path() / "fifo", folder.path() / "zero", folder.path(), fs::path("/dev/zero")}) {
    EXPECT_THAT(refusal(path), HasSubstr("bad_file: " + path.string() + ": not a regular file"));
  }
  EXPECT_THAT(refusal(folder.path() / "none"), HasSubstr("not_found: "));
}

TEST(MappedFileTest, truncation_after_mapping_is_seen) {
  const TestFolder folder;
  const fs::path path = folder.write("a", std::string(10'000, 'a'));
  const MappedFile file(path);
  EXPECT_TRUE(file.still_whole());
  fs::resize_file(path, 20'000);
  EXPECT_TRUE(file.still_whole());
  fs::resize_file(path, 9'999);
  EXPECT_FALSE(file.still_whole());
}

}  // namespace
}  // namespace rbee::formats
