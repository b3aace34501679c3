#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/gguf.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::uint32_t kU16 = 2, kI32 = 5;

GgufWriter part(std::uint16_t number, std::uint16_t count, std::int32_t tensors) {
  GgufWriter writer;
  writer.entry("split.no", kU16, raw(number)).entry("split.count", kU16, raw(count));
  writer.entry("split.tensors.count", kI32, raw(tensors));
  return writer;
}

// Three parts of one tensor each, the way llama.cpp's gguf-split writes them.
class GgufSplitTest : public testing::Test {
 protected:
  GgufSplitTest() {
    folder_.write("m-00001-of-00003.gguf",
                  part(0, 3, 3).string("general.name", "whole").tensor("a", {4}, 0, 16).file());
    folder_.write("m-00002-of-00003.gguf", part(1, 3, 3).tensor("b", {4}, 0, 16).file());
    folder_.write("m-00003-of-00003.gguf", part(2, 3, 3).tensor("c", {4}, 0, 16).file());
  }
  std::string refusal(const std::string& name = "m-00001-of-00003.gguf") {
    return error_of([&] { GgufFile::open(folder_.path() / name); });
  }
  TestFolder folder_;
};

TEST_F(GgufSplitTest, any_part_opens_the_whole) {
  for (const char* name : {"m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"}) {
    const auto file = GgufFile::open(folder_.path() / name);
    EXPECT_EQ(file->get_string("general.name"), "whole");
    EXPECT_EQ(file->tensors().size(), 3u);
    EXPECT_EQ(file->path().filename(), "m-00001-of-00003.gguf");
  }
}

TEST_F(GgufSplitTest, a_missing_part_is_named) {
  fs::remove(folder_.path() / "m-00002-of-00003.gguf");
  EXPECT_THAT(refusal(), HasSubstr("not_found: "));
  EXPECT_THAT(refusal(), HasSubstr("m-00002-of-00003.gguf"));
}

TEST_F(GgufSplitTest, parts_must_agree) {
  folder_.write("m-00002-of-00003.gguf", part(1, 3, 4).tensor("b", {4}, 0, 16).file());
  EXPECT_THAT(refusal(), HasSubstr("m-00002-of-00003.gguf: split.tensors.count is 4, other parts say 3"));
  folder_.write("m-00002-of-00003.gguf", part(2, 3, 3).tensor("b", {4}, 0, 16).file());
  EXPECT_THAT(refusal(), HasSubstr("the file is part 3 of 3; its name must end with -00003-of-00003.gguf"));
  folder_.write("m-00002-of-00003.gguf", GgufWriter().tensor("b", {4}, 0, 16).file());
  EXPECT_THAT(refusal(), HasSubstr("the file says it is part 1 of 1, expected part 2 of 3"));
  folder_.write("m-00002-of-00003.gguf", part(1, 3, 3).tensor("a", {4}, 0, 16).file());
  EXPECT_THAT(refusal(), HasSubstr("tensor 'a' is in another part, too"));
  folder_.write("m-00002-of-00003.gguf", part(1, 3, 3).file());
  EXPECT_THAT(refusal(), HasSubstr("split.tensors.count is 3, the parts hold 2 tensors"));
}

TEST_F(GgufSplitTest, split_numbers_are_checked) {
  folder_.write("x.gguf", part(0, 3, 3).file());
  EXPECT_THAT(refusal("x.gguf"), HasSubstr("its name must end with -00001-of-00003.gguf"));
  folder_.write("y-00001-of-00003.gguf", part(3, 3, 3).file());
  EXPECT_THAT(refusal("y-00001-of-00003.gguf"), HasSubstr("split.no is 3, split.count is 3"));
  folder_.write("z-00001-of-65535.gguf", part(0, 65535, 3).file());
  EXPECT_THAT(refusal("z-00001-of-65535.gguf"), HasSubstr("split.count 65535 exceeds limit 1000"));
  folder_.write("w.gguf", GgufWriter().string("split.count", "3").file());
  EXPECT_THAT(refusal("w.gguf"), HasSubstr("split.count is a string, expected a count"));
}

}  // namespace
}  // namespace rbee::formats
