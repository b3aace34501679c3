// Every check on the project's own tree.

#include <gtest/gtest.h>

#include "style/document_check.h"
#include "style/file_check.h"
#include "style/layer_check.h"
#include "style/size_check.h"
#include "style/source_tree.h"
#include "style/text_check.h"
#include "style/word_check.h"

namespace rbee::style {
namespace {

class WholeTree : public testing::Test {
 protected:
  static const SourceTree& tree() {
    static const SourceTree tree = read_source_tree(RBEE_SOURCE_DIR);
    return tree;
  }
};

TEST_F(WholeTree, is_read) {
  // A check of nothing would pass.
  EXPECT_NE(tree().find("lib/base/error.h"), nullptr);
  EXPECT_NE(tree().find("README.md"), nullptr);
  EXPECT_TRUE(tree().has_path("models/demo-qwen/config.json"));
  EXPECT_FALSE(tree().has_path(".git"));
}

TEST_F(WholeTree, includes_follow_the_layers) {
  EXPECT_EQ(check_includes(tree()), Findings{});
}
TEST_F(WholeTree, cmake_targets_follow_the_layers) {
  EXPECT_EQ(check_targets(tree()), Findings{});
}
TEST_F(WholeTree, words_stand_where_they_may) {
  EXPECT_EQ(check_words(tree()), Findings{});
}
TEST_F(WholeTree, files_are_named_guarded_built_and_explained) {
  EXPECT_EQ(check_files(tree()), Findings{});
}
TEST_F(WholeTree, text_holds_nothing_of_one_machine_and_nothing_left_over) {
  EXPECT_EQ(check_text(tree()), Findings{});
}
TEST_F(WholeTree, documents_name_what_exists) {
  EXPECT_EQ(check_documents(tree()), Findings{});
}

TEST_F(WholeTree, files_and_functions_are_short) {
  const SourceFile* ratchet = tree().find("tests/style/ratchet.txt");
  ASSERT_NE(ratchet, nullptr);
  EXPECT_EQ(check_sizes(tree(), parse_ratchet(*ratchet)), Findings{});
}

}  // namespace
}  // namespace rbee::style
