#include "style/layer_check.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

Findings includes_of(std::string path, std::string_view text) {
  SourceTree tree;
  tree.files.push_back(source_file(std::move(path), text));
  return check_includes(tree);
}

TEST(LayerCheck, allowed_edges_pass) {
  EXPECT_TRUE(includes_of("lib/engine/kv/x.cc", "#include \"base/error.h\"\n#include \"formats/gguf.h\"\n").empty());
  EXPECT_TRUE(includes_of("bin/llm-worker-rbee/x.cc", "#include \"engine/engine.h\"\n#include \"net/x.h\"\n").empty());
  EXPECT_TRUE(includes_of("tests/e2e/x.cc", "#include \"engine/kv/kv_layout.h\"\n").empty());
}

TEST(LayerCheck, an_upward_include_is_found_with_its_line) {
  const Findings findings = includes_of("lib/formats/x.h", "#pragma once\n#include \"engine/engine.h\"\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].line, 2U);
  EXPECT_EQ(findings[0].message, "'formats' must not depend on 'engine'");
}

TEST(LayerCheck, a_hive_never_links_the_engine) {
  EXPECT_EQ(includes_of("bin/rbee-hive/main.cc", "#include \"engine/engine.h\"\n").size(), 1U);
}

TEST(LayerCheck, programs_see_only_the_engines_door) {
  EXPECT_EQ(includes_of("bin/llm-worker-rbee/x.cc", "#include \"engine/kv/kv_layout.h\"\n").size(), 1U);
}

TEST(LayerCheck, the_engine_includes_no_http_and_no_sql) {
  EXPECT_EQ(includes_of("lib/engine/x.cc", "#include <boost/asio/post.hpp>\n# include <sqlite3.h>\n").size(), 2U);
}

TEST(LayerCheck, gpu_headers_stay_in_their_backend) {
  EXPECT_EQ(includes_of("lib/engine/sched/x.cc", "#include <cuda_runtime.h>\n").size(), 1U);
  EXPECT_TRUE(includes_of("lib/engine/backend/cuda/x.cc", "#include <cuda_runtime.h>\n").empty());
}

TEST(LayerCheck, a_backend_is_not_included_from_elsewhere) {
  const char* text = "#include \"engine/backend/cpu/gemm.h\"\n";
  EXPECT_EQ(includes_of("lib/engine/sched/x.cc", text).size(), 1U);
  EXPECT_TRUE(includes_of("lib/engine/backend/cpu/x.cc", text).empty());
}

TEST(LayerCheck, an_unknown_layer_is_found) {
  EXPECT_EQ(includes_of("lib/utils/x.cc", "#include \"base/error.h\"\n").size(), 1U);
}

TEST(LayerCheck, a_cmake_target_that_links_upward_is_found) {
  SourceTree tree;
  tree.files.push_back(source_file("lib/base/CMakeLists.txt", "rbee_library(base SOURCES a.cc DEPS\n  rbee_graph)\n"));
  tree.files.push_back(source_file("lib/engine/graph/CMakeLists.txt", "rbee_library(graph DEPS rbee_base)\n"));
  const Findings findings = check_targets(tree);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message, "'base' must not depend on 'engine' (target rbee_graph)");
}

}  // namespace
}  // namespace rbee::style
