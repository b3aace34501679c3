#include "pool/download/hub_names.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::pool::download {
namespace {

const std::string kSha256(64, 'a'), kSha1(40, 'b');

TEST(RepoPathTest, plain_relative_paths_are_taken) {
  for (const char* path : {"config.json", "sub/model-00001-of-00002.gguf", "a b.txt", "%2e%2e", "x..y", "é.json"}) {
    EXPECT_TRUE(RepoPath::parse(path)) << path;
  }
  EXPECT_EQ(RepoPath::parse("a/b/c.gguf")->name().text(), "c.gguf");
}

TEST(RepoPathTest, what_could_leave_a_folder_hide_or_be_an_option_is_refused) {
  const std::string_view nul("a\0b", 3);
  for (const std::string_view path :
       {"", "/", "/etc/passwd", "..", "../x", "a/../x", "a/..", "./x", "a//b", "a/", "a\\b", "C:\\x", "a\nb", "\x7f",
        "\xff", ".hidden", "a/.git/x", "-x", "--revision"}) {
    EXPECT_FALSE(RepoPath::parse(path)) << path;
  }
  EXPECT_FALSE(RepoPath::parse(nul));
  EXPECT_FALSE(RepoPath::parse(std::string(256, 'a')));
  EXPECT_FALSE(RepoPath::parse(std::string(2000, 'a')));
}

TEST(RepoPathTest, only_harmless_hidden_files_are_passed_over) {
  EXPECT_TRUE(is_hidden_path(".gitattributes"));
  EXPECT_TRUE(is_hidden_path("a/.b/c"));
  EXPECT_FALSE(is_hidden_path("../x"));
  EXPECT_FALSE(is_hidden_path("a/../.b"));
  EXPECT_FALSE(is_hidden_path("config.json"));
}

TEST(FileDigestTest, exactly_lower_case_hex_of_the_right_length_is_a_digest) {
  EXPECT_TRUE(FileDigest::sha256(kSha256));
  EXPECT_TRUE(FileDigest::git_sha1(kSha1));
  for (const std::string& text :
       {kSha256 + "a", kSha256.substr(1), std::string(64, 'A'), "sha256:" + kSha256, "../" + kSha256.substr(3),
        kSha256.substr(1) + "\n", kSha256.substr(1) + std::string(1, '\0'), kSha1}) {
    EXPECT_FALSE(FileDigest::sha256(text)) << text;
  }
  EXPECT_FALSE(FileDigest::git_sha1(kSha256));
  EXPECT_FALSE(CommitId::parse(kSha1 + "/.."));
}

TEST(ModelReferenceTest, ids_repositories_revisions_and_files_are_told_apart) {
  EXPECT_EQ(parse_model_reference("tinyllama").id, "tinyllama");
  const ModelReference whole = parse_model_reference("org/na.me-1@refs/pr/1:q/x.Q4_K_M.gguf");
  EXPECT_EQ(whole.repo->text(), "org/na.me-1");
  EXPECT_EQ(whole.revision->text(), "refs/pr/1");
  EXPECT_EQ(whole.file->text(), "q/x.Q4_K_M.gguf");
  EXPECT_EQ(parse_model_reference("phi3@v1").revision->text(), "v1");
}

TEST(ModelReferenceTest, odd_ones_are_refused) {
  for (const char* text : {"", "-x", "a/b/c", "a/", "/b", "a/b@", "a/b@..", "a/b@a/../b", "a/b:", "a/b:x.bin",
                           "a/b:../x.gguf", "a b", "a/b:x.gguf:y.gguf@", "a/..", "../b", "a/b\n"}) {
    EXPECT_THROW(parse_model_reference(text), Error) << text;
  }
}

}  // namespace
}  // namespace rbee::pool::download
