#include "pool/download/part_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;

class PartFileTest : public testing::Test {
 protected:
  ~PartFileTest() override { fs::remove_all(path_); }

  std::uint64_t bytes_after(const std::string& boot) {
    return PartFile(folder_, file_, commit_, boot, [](std::uint64_t) { return true; }).bytes();
  }

  const fs::path path_ = fs::temp_directory_path() / ("rbee_part_" + random_hex(6));
  const DownloadFolder folder_{path_};
  const WantedFile file_{*RepoPath::parse("a/b"), *RepoPath::parse("a/b"), 10,
                         *FileDigest::sha256(std::string(64, 'a'))};
  const CommitId commit_ = *CommitId::parse(std::string(40, 'c'));
};

TEST_F(PartFileTest, after_a_power_cut_only_synced_bytes_count) {
  {
    PartFile part(folder_, file_, commit_, "boot 1", [](std::uint64_t) { return true; });
    part.append("abc");
    part.sync();
    part.append("de");
  }
  EXPECT_EQ(bytes_after("boot 1"), 5u);  // the process ended, the machine did not
  EXPECT_EQ(bytes_after("boot 2"), 3u);
}

TEST_F(PartFileTest, bytes_of_which_nothing_is_known_do_not_count) {
  { std::ofstream(folder_.parts_path() / part_name(file_)) << "abc"; }
  EXPECT_EQ(bytes_after("boot 1"), 0u);
  for (const char* state : {"", "{", "[]", R"({"synced":-1})", R"({"synced":"5"})", R"({"synced":99999999999})"}) {
    { std::ofstream(folder_.parts_path() / part_name(file_)) << "abc"; }
    { std::ofstream(folder_.parts_path() / (part_name(file_) + ".json")) << state; }
    EXPECT_LE(bytes_after("boot 1"), 3u) << state;
  }
}

TEST_F(PartFileTest, a_part_goes_to_its_place_in_its_folder) {
  {
    PartFile part(folder_, file_, commit_, "boot", [](std::uint64_t) { return true; });
    part.append("abc");
  }
  folder_.place(part_name(file_), file_.local);
  EXPECT_EQ(read_file(path_ / "a" / "b", 10), "abc");
}

TEST_F(PartFileTest, links_below_the_folder_are_refused) {
  const fs::path outside = path_ / "outside";
  fs::create_directories(outside);
  fs::create_directory_symlink(outside, path_ / "a");
  { std::ofstream(folder_.parts_path() / part_name(file_)) << "abc"; }
  EXPECT_THROW(folder_.place(part_name(file_), file_.local), Error);
  EXPECT_FALSE(folder_.open_file(file_.local));
  EXPECT_TRUE(fs::is_empty(outside));
  fs::remove(folder_.parts_path() / part_name(file_));
  fs::create_symlink(outside / "x", folder_.parts_path() / part_name(file_));
  EXPECT_THROW(bytes_after("boot"), Error);
  EXPECT_TRUE(fs::is_empty(outside));
}

}  // namespace
}  // namespace rbee::pool::download
