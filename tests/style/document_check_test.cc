#include "style/document_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

Findings document(std::string_view text) {
  SourceTree tree;
  tree.files.push_back(source_file("README.md", text));
  tree.files.push_back(source_file("Makefile", "demo: build  ## run\n\t@true\n"));
  tree.files.push_back(source_file("CMakePresets.json", "{\"name\": \"asan\"}\n"));
  tree.files.push_back(source_file("lib/base/error.h", "#pragma once\n"));
  tree.files.push_back(source_file("bin/llm-worker-rbee/flags.cc", "app.add_option(\"--port\", port);\n"));
  tree.folders = {"lib", "lib/base", "docs"};
  return check_documents(tree);
}

TEST(DocumentCheck, what_exists_may_be_named) {
  EXPECT_TRUE(document("Run `make demo`; see `lib/base`, `lib/base/error.h`, `error.h` and [it](lib/base/error.h).\n"
                       "```\nmake demo\ncmake --preset asan\nllm-worker-rbee --port 1\n```\n")
                  .empty());
}

TEST(DocumentCheck, patterns_and_build_output_are_left_alone) {
  EXPECT_TRUE(document("`lib/<name>/README.md`, `lib/engine/*.h`, `build/release/bin/x`\n").empty());
}

TEST(DocumentCheck, a_make_target_that_is_not_there_is_found) {
  EXPECT_EQ(document("Run `make deploy`.\n").size(), 1U);
  EXPECT_EQ(document("```\n$ make deploy\n```\n").size(), 1U);
}

TEST(DocumentCheck, a_path_or_file_name_that_is_not_there_is_found) {
  EXPECT_EQ(document("See `lib/missing`.\n").size(), 1U);
  EXPECT_EQ(document("See `missing.h`.\n").size(), 1U);
  EXPECT_EQ(document("See [this](docs/missing.md).\n").size(), 1U);
  EXPECT_EQ(document("```\ntools/missing.sh --x\n```\n").size(), 1U);
}

TEST(DocumentCheck, a_preset_or_flag_that_is_not_there_is_found) {
  EXPECT_EQ(document("```\ncmake --preset fast\n```\n").size(), 1U);
  EXPECT_EQ(document("```\nbuild/release/bin/llm-worker-rbee --prot 1\n```\n").size(), 1U);
}

}  // namespace
}  // namespace rbee::style
