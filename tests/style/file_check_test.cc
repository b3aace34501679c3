#include "style/file_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

constexpr std::string_view kReadme = "# lib/base\n\nwhat\nit\nis\n";

SourceTree good_tree() {
  SourceTree tree;
  tree.files.push_back(source_file("lib/base/README.md", kReadme));
  tree.files.push_back(source_file("lib/base/CMakeLists.txt", "rbee_test(base_test SOURCES clock_test.cc)\n"));
  tree.files.push_back(source_file("lib/base/clock.h", "#pragma once\n// Time.\n"));
  tree.files.push_back(source_file("lib/base/clock_test.cc", "\n"));
  return tree;
}

Findings with(std::string path, std::string_view text) {
  SourceTree tree = good_tree();
  tree.files.push_back(source_file(std::move(path), text));
  return check_files(tree);
}

TEST(FileCheck, a_tidy_tree_passes) {
  EXPECT_TRUE(check_files(good_tree()).empty());
}

TEST(FileCheck, names_are_snake_case_and_name_a_concept) {
  EXPECT_EQ(with("lib/base/BlockPool.cc", "").size(), 1U);
  EXPECT_EQ(with("lib/base/string_utils.cc", "").size(), 1U);
  EXPECT_EQ(with("lib/base/utility.cc", "").size(), 0U);
}

TEST(FileCheck, a_header_has_its_pragma_and_its_sentence) {
  EXPECT_EQ(with("lib/base/x.h", "// Time.\n").size(), 1U);
  EXPECT_EQ(with("lib/base/x.h", "#pragma once\n#include <x>\n").size(), 1U);
}

TEST(FileCheck, a_library_without_a_readme_is_found) {
  const Findings findings = with("lib/net/x.cc", "");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].path, "lib/net");
}

TEST(FileCheck, a_test_that_is_not_built_is_found) {
  EXPECT_EQ(with("lib/base/y_test.cc", "").size(), 1U);
}

}  // namespace
}  // namespace rbee::style
