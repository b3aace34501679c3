#include "pool/download/file_selection.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace rbee::pool::download {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

RepoListing listing_of(const std::vector<std::string>& paths, std::uint64_t size = 10) {
  RepoListing listing{*RepoName::parse("org/name"), *CommitId::parse(std::string(40, 'a')), {}};
  for (const std::string& path : paths) {
    listing.files.push_back({*RepoPath::parse(path), size, *FileDigest::sha256(std::string(64, 'b'))});
  }
  return listing;
}

std::vector<std::string> selected(const std::vector<std::string>& paths, const char* gguf = nullptr) {
  std::optional<RepoPath> wanted;
  if (gguf != nullptr) wanted = RepoPath::parse(gguf);
  std::vector<std::string> names;
  for (const WantedFile& file : select_files(listing_of(paths), wanted).files) names.push_back(file.remote.text());
  return names;
}

std::string refusal(const std::vector<std::string>& paths, const char* gguf = nullptr) {
  try {
    selected(paths, gguf);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FileSelectionTest, only_what_the_model_needs_is_taken) {
  EXPECT_THAT(selected({"README.md", "config.json", "model.safetensors", "pytorch_model.bin", "tokenizer.json",
                        "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx", "original/consolidated.00.pth",
                        "consolidated.safetensors", "modeling.py", "chat_template.jinja", "sub/config.json"}),
              UnorderedElementsAre("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"));
}

TEST(FileSelectionTest, shards_come_with_their_index) {
  EXPECT_THAT(selected({"config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json", "consolidated-00001-of-00002.safetensors", "x.gguf"}),
              UnorderedElementsAre("config.json", "model-00001-of-00002.safetensors",
                                   "model-00002-of-00002.safetensors", "model.safetensors.index.json"));
}

TEST(FileSelectionTest, one_copy_of_the_weights_is_enough) {
  EXPECT_THAT(selected({"config.json", "model.safetensors", "model-00001-of-00001.safetensors",
                        "model.safetensors.index.json"}),
              UnorderedElementsAre("config.json", "model.safetensors"));
}

TEST(FileSelectionTest, a_named_gguf_comes_alone) {
  EXPECT_THAT(selected({"config.json", "a.gguf", "b.gguf"}, "b.gguf"), ElementsAre("b.gguf"));
  EXPECT_THAT(selected({"q/b.gguf"}, "b.gguf"), ElementsAre("q/b.gguf"));
}

TEST(FileSelectionTest, a_split_gguf_comes_whole_from_any_of_its_parts) {
  const std::vector<std::string> parts = {"q/x-00002-of-00002.gguf", "q/x-00001-of-00002.gguf"};
  EXPECT_THAT(selected(parts, "q/x-00002-of-00002.gguf"),
              ElementsAre("q/x-00001-of-00002.gguf", "q/x-00002-of-00002.gguf"));
  const Selection selection = select_files(listing_of(parts), RepoPath::parse("x-00001-of-00002.gguf"));
  EXPECT_EQ(selection.files[0].local.text(), "x-00001-of-00002.gguf");
  EXPECT_THAT(refusal({"x-00001-of-00002.gguf"}, "x-00001-of-00002.gguf"), HasSubstr("is missing"));
}

TEST(FileSelectionTest, refusals_say_what_there_is) {
  EXPECT_THAT(refusal({"a.gguf", "b.gguf"}), testing::AllOf(HasSubstr("org/name:a.gguf"), HasSubstr("b.gguf (10 B)")));
  EXPECT_THAT(refusal({"pytorch_model.bin"}), HasSubstr("pickle files only"));
  EXPECT_THAT(refusal({"README.md"}), HasSubstr("neither"));
  EXPECT_THAT(refusal({}), HasSubstr("nothing"));
  EXPECT_THAT(refusal({"model.safetensors"}), HasSubstr("no config.json"));
  EXPECT_THAT(refusal({"a.gguf"}, "c.gguf"), HasSubstr("no file 'c.gguf'"));
  EXPECT_THAT(refusal({"x/a.gguf", "y/a.gguf"}, "a.gguf"), HasSubstr("no file 'a.gguf'"));
}

TEST(FileSelectionTest, sizes_that_no_disk_has_are_refused) {
  EXPECT_THROW(select_files(listing_of({"model.safetensors", "config.json"}, 1ull << 63), std::nullopt), Error);
}

TEST(TreePageTest, files_are_read_and_hidden_ones_passed_over) {
  const std::string sha1(40, 'a'), sha256(64, 'b');
  const auto files = parse_tree_page(
      R"([{"type":"directory","path":"x","oid":"y"},{"type":"file","path":".gitattributes","size":1,"oid":"z"},)"
      R"({"type":"file","path":"config.json","size":5,"oid":")" +
          sha1 + R"(","new":1},{"type":"file","path":"m.safetensors","size":1,"oid":")" + sha1 + R"(","lfs":{"oid":")" +
          sha256 + R"(","size":700,"pointerSize":1}}])",
      "tree");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].digest.algorithm(), FileDigest::Algorithm::kGitSha1);
  EXPECT_EQ(files[1].size, 700u);
  EXPECT_EQ(files[1].digest.hex(), sha256);
}

TEST(TreePageTest, malformed_lists_are_refused) {
  const std::string sha1(40, 'a');
  for (const std::string& text : {std::string("{}"), std::string("[1]"), std::string("["),
                                  R"([{"type":"file","path":"a","oid":")" + sha1 + R"("}])",
                                  R"([{"type":"file","path":"a","size":-1,"oid":")" + sha1 + R"("}])",
                                  R"([{"type":"file","path":"a","size":1.5,"oid":")" + sha1 + R"("}])",
                                  R"([{"type":"file","path":"../a","size":1,"oid":")" + sha1 + R"("}])",
                                  R"([{"type":"file","size":1,"oid":")" + sha1 + R"("}])",
                                  std::string(R"([{"type":"file","path":"a","size":1}])")}) {
    EXPECT_THROW(parse_tree_page(text, "tree"), Error) << text;
  }
  EXPECT_THROW(parse_model_info("{}", "info"), Error);
  EXPECT_THROW(parse_model_info(R"({"sha":"main"})", "info"), Error);
}

}  // namespace
}  // namespace rbee::pool::download
