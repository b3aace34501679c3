#include "style/word_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

std::size_t count(std::string path, std::string_view text) {
  SourceTree tree;
  tree.files.push_back(source_file(std::move(path), text));
  return check_words(tree).size();
}

TEST(WordCheck, only_base_and_tests_fork_read_the_environment_and_the_wall_clock) {
  const char* text = "int pid = fork();\nauto home = std::getenv(name);\nauto t = std::chrono::system_clock::now();\n";
  EXPECT_EQ(count("lib/engine/x.cc", text), 3U);
  EXPECT_EQ(count("bin/llm-worker-rbee/main.cc", text), 3U);
  EXPECT_EQ(count("lib/base/x.cc", text), 0U);
  EXPECT_EQ(count("lib/engine/x_test.cc", text), 0U);
}

TEST(WordCheck, some_calls_are_for_nobody) {
  EXPECT_EQ(count("lib/base/x.cc", "std::regex r;\n"), 1U);
  EXPECT_EQ(count("tests/e2e/x.cc", "std::system(command);\n"), 1U);
  EXPECT_EQ(count("lib/base/x.cc", "FILE* f = popen(command);\n"), 1U);
  EXPECT_EQ(count("lib/base/x.cc", "static_assert(kMax > 2);\nRBEE_CHECK(x);\n"), 0U);
  EXPECT_EQ(count("lib/base/x.cc", "using namespace std::chrono_literals;\n"), 0U);
}

TEST(WordCheck, libraries_do_not_print_and_programs_do) {
  EXPECT_EQ(count("lib/wire/x.cc", "std::cout << 1;\n"), 1U);
  EXPECT_EQ(count("bin/llm-worker-rbee/main.cc", "std::cout << 1;\n"), 0U);
}

TEST(WordCheck, new_is_found_but_not_in_words_comments_and_operators) {
  EXPECT_EQ(count("lib/wire/x.cc", "auto p = new Thing;\n"), 1U);
  EXPECT_EQ(count("lib/wire/x.cc", "// a new thing\nauto newest = 1;\n#include <new>\nvoid* operator new(size_t);\n"),
            0U);
}

TEST(WordCheck, new_may_fill_a_unique_ptr_of_a_class_with_a_private_constructor) {
  EXPECT_EQ(count("lib/wire/x.cc", "std::unique_ptr<Thing> thing(new Thing());\n"), 0U);
}

TEST(WordCheck, what_only_linux_has_stands_where_its_macos_counterpart_does) {
  const char* text =
      "#if defined(__linux__)\n#include <sys/auxv.h>\n#endif\nint s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);\n"
      "std::ifstream in(\"/proc/self/status\");\n// Linux: /proc/self\n";
  EXPECT_EQ(count("lib/pool/x.cc", text), 4U);
  EXPECT_EQ(count("bin/rbee-hive/x.cc", text), 4U);
  EXPECT_EQ(count("lib/base/x.cc", text), 0U);
  EXPECT_EQ(count("lib/pool/device/x.cc", text), 0U);
  EXPECT_EQ(count("tests/e2e/x.cc", text), 0U);
}

TEST(WordCheck, net_knows_no_rbee_noun) {
  EXPECT_EQ(count("lib/net/x.h", "std::string prompt;\n"), 1U);
  EXPECT_EQ(count("lib/wire/x.h", "std::string prompt;\n"), 0U);
}

}  // namespace
}  // namespace rbee::style
