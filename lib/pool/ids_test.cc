#include "pool/ids.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "pool/limits.h"

namespace rbee::pool {
namespace {

TEST(IdsTest, only_plain_names_are_ids) {
  for (const char* good : {"a", "qwen-0.5b", "Worker_1", "9"}) EXPECT_TRUE(is_id(good)) << good;
  for (const char* bad :
       {"", "-x", "--help", "../x", "a/b", ".hidden", "a b", "$(id)", "; rm", "a\nb", "é", "a;b", "`id`"}) {
    EXPECT_FALSE(is_id(bad)) << bad;
  }
  EXPECT_TRUE(is_id(std::string(kIdBytesMax, 'a')));
  EXPECT_FALSE(is_id(std::string(kIdBytesMax + 1, 'a')));
  EXPECT_FALSE(is_id(std::string_view("a\0b", 3)));
}

TEST(IdsTest, a_refused_id_is_shown_escaped_and_cut) {
  try {
    check_id("\x1b[31m" + std::string(5000, 'x'), "model id");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
    EXPECT_EQ(std::string(error.what()).find('\x1b'), std::string::npos);
    EXPECT_LT(std::string(error.what()).size(), 300u);
  }
}

TEST(IdsTest, an_id_is_proposed_for_any_name) {
  EXPECT_EQ(id_from_name("Qwen2.5 0.5B Instruct"), "qwen2.5-0.5b-instruct");
  EXPECT_EQ(id_from_name("--x$$y"), "x-y");
  EXPECT_EQ(id_from_name("../.."), "model");
  for (const char* name : {"", "///", "ÄÖ", "a  b"}) EXPECT_TRUE(is_id(id_from_name(name))) << name;
}

TEST(IdsTest, workers_are_named_by_backend_and_device) {
  EXPECT_EQ(default_worker_id("cpu", 0), "worker-cpu-0");
  EXPECT_EQ(default_port(3), 8003);
  EXPECT_TRUE(is_backend("vulkan"));
  EXPECT_THROW(check_backend("gpu"), Error);
}

}  // namespace
}  // namespace rbee::pool
