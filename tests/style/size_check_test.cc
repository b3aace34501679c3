#include "style/size_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

std::string function_of(std::size_t lines) {
  std::string text = "int work(struct Input input) {\n";
  for (std::size_t i = 2; i < lines; ++i) text += "  if (input.x) { step(); }\n";
  return text + "}\n";
}

SourceTree tree_of(std::string path, std::string_view text) {
  SourceTree tree;
  tree.files.push_back(source_file(std::move(path), text));
  return tree;
}

TEST(SizeCheck, functions_are_found_in_namespaces_and_classes_and_braces_of_values_are_not) {
  const SourceFile file = source_file("lib/base/x.cc",
                                      "namespace a {\nstruct S {\n  int f() {\n    return 1;\n  }\n};\n"
                                      "constexpr int kTable[] = {\n1,\n2};\nS g(int x) { return {}; }\n}\n");
  const auto functions = function_sizes(file);
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].line, 3U);
  EXPECT_EQ(functions[0].lines, 3U);
  EXPECT_EQ(functions[1].line, 10U);
  EXPECT_EQ(functions[1].lines, 1U);
}

TEST(SizeCheck, a_long_function_is_found) {
  EXPECT_TRUE(check_sizes(tree_of("lib/base/x.cc", function_of(kFunctionLinesMax)), {}).empty());
  const Findings findings = check_sizes(tree_of("lib/base/x.cc", function_of(kFunctionLinesMax + 1)), {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message, "function has 81 lines, at most 80");
}

TEST(SizeCheck, a_long_file_is_found) {
  EXPECT_TRUE(check_sizes(tree_of("lib/base/x.cc", std::string(kFileLinesMax, '\n')), {}).empty());
  EXPECT_EQ(check_sizes(tree_of("lib/base/x.cc", std::string(kFileLinesMax + 1, '\n')), {}).size(), 1U);
}

TEST(SizeCheck, the_ratchet_allows_what_it_names_and_must_shrink) {
  const SizeRatchet ratchet = parse_ratchet(source_file("r", "# why\nlib/base/x.cc function-lines 90  # a table\n"));
  EXPECT_TRUE(check_sizes(tree_of("lib/base/x.cc", function_of(90)), ratchet).empty());
  EXPECT_EQ(check_sizes(tree_of("lib/base/x.cc", function_of(91)), ratchet).size(), 1U);
  EXPECT_EQ(check_sizes(tree_of("lib/base/x.cc", function_of(85)), ratchet).size(), 1U);
}

}  // namespace
}  // namespace rbee::style
