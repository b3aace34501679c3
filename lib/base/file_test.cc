#include "base/file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.h"

namespace rbee {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fs::path("rbee_file_test_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  ErrorKind kind_of_reading(const fs::path& path, std::uint64_t bytes_max = 1000) {
    try {
      read_file(path, bytes_max);
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error for " << path;
    return ErrorKind::kIo;
  }
  fs::path folder_;
};

TEST_F(FileTest, what_was_written_is_read_and_no_temporary_stays) {
  write_file_atomically(folder_ / "a", "one");
  write_file_atomically(folder_ / "a", "two");
  EXPECT_EQ(read_file(folder_ / "a", 3), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FileTest, odd_files_are_refused_without_blocking) {
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(kind_of_reading(folder_ / "fifo"), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of_reading("/dev/zero"), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of_reading(folder_), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of_reading(folder_ / "none"), ErrorKind::kNotFound);
}

TEST_F(FileTest, the_limit_is_checked_before_reading) {
  write_file_atomically(folder_ / "a", "four");
  EXPECT_EQ(kind_of_reading(folder_ / "a", 3), ErrorKind::kBadFile);
}

}  // namespace
}  // namespace rbee
