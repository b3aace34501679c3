#include "style/text_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

Findings text_of(std::string path, const std::string& text) {
  SourceTree tree;
  tree.files.push_back(source_file(std::move(path), text));
  return check_text(tree);
}

TEST(TextCheck, paths_of_one_machine_and_registry_hosts_are_found_in_every_file) {
  EXPECT_EQ(text_of("docs/x.md", std::string("see /ho") + "me/somebody/x\n").size(), 1U);
  EXPECT_EQ(text_of("tests/package-lock.json", std::string("  \"reso") + "lved\": \"https://x/y.tgz\"\n").size(), 1U);
  EXPECT_TRUE(text_of("docs/x.md", "workers, homes and roots\n").empty());
}

TEST(TextCheck, work_left_for_later_and_disabled_tests_are_found) {
  EXPECT_EQ(text_of("lib/base/x.cc", std::string("// TO") + "DO: later\n").size(), 1U);
  EXPECT_EQ(text_of("lib/base/x_test.cc", std::string("TEST(A, DISA") + "BLED_b) {}\n").size(), 1U);
}

TEST(TextCheck, tabs_and_trailing_spaces_are_found_in_code) {
  EXPECT_EQ(text_of("lib/base/x.cc", "\tint x; \n").size(), 2U);
  EXPECT_TRUE(text_of("Makefile", "all:\n\tdo it\n").empty());
}

}  // namespace
}  // namespace rbee::style
