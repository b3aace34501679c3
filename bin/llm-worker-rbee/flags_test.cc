#include "flags.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/units.h"

namespace rbee::worker {
namespace {

Invocation parse(std::vector<std::string> arguments, const Environment& environment = {}) {
  arguments.insert(arguments.begin(), {"--worker-id", "w", "--model", "models/tiny/"});
  return parse_flags(arguments, environment);
}

TEST(Flags, a_worker_gets_its_defaults_from_model_and_gpu) {
  const Invocation found = parse({"--backend", "cpu", "--gpu", "2"});
  ASSERT_TRUE(found.config) << found.err;
  EXPECT_EQ(found.config->port, 8002);
  EXPECT_EQ(found.config->host, "127.0.0.1");
  EXPECT_EQ(found.config->model_id, "tiny");
  EXPECT_EQ(found.config->engine.model, "models/tiny");
  EXPECT_EQ(parse({"--kv-mib", "3"}).config->engine.kv_bytes, 3_MiB);
  EXPECT_EQ(parse({}).config->engine.kv_dtype, "");
  EXPECT_EQ(parse({"--kv", "q8_0"}).config->engine.kv_dtype, "q8_0");
  EXPECT_EQ(parse({}).config->engine.cpu_isa, "");
  EXPECT_EQ(parse({"--cpu-isa", "avx2"}).config->engine.cpu_isa, "avx2");
}

TEST(Flags, wrong_use_exits_2_and_says_what_to_do) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{{"--colour", "red"},
                                                                                     {"--port", "70000"},
                                                                                     {"--port", "x"},
                                                                                     {"--threads", "-1"},
                                                                                     {"--log-level", "loud"},
                                                                                     {"--cpu-isa", "sse2"},
                                                                                     {"--kv", "q4_0"},
                                                                                     {"--worker-id", "a b"},
                                                                                     {"stray"}}) {
    const Invocation found = parse(wrong);
    EXPECT_FALSE(found.config) << wrong[0];
    EXPECT_EQ(found.exit_code, 2) << wrong[0];
    EXPECT_NE(found.err.find("--help"), std::string::npos) << found.err;
  }
  EXPECT_EQ(parse_flags({}, {}).exit_code, 2);
}

TEST(Flags, help_and_version_exit_0) {
  const Invocation help = parse_flags({"--help"}, {});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("Examples:"), std::string::npos);
  EXPECT_NE(help.out.find("--insecure-no-auth"), std::string::npos);
  EXPECT_EQ(parse_flags({"--version"}, {}).out, "llm-worker-rbee " + version() + "\n");
}

TEST(Flags, other_machines_need_a_key_or_a_word) {
  for (const char* host : {"0.0.0.0", "::", "192.168.1.2"}) {
    const Invocation open = parse({"--host", host});
    EXPECT_EQ(open.exit_code, 2);
    EXPECT_NE(open.err.find("--insecure-no-auth"), std::string::npos);
    EXPECT_TRUE(parse({"--host", host, "--insecure-no-auth"}).config);
  }
  Environment with_key;
  with_key.set("RBEE_API_KEY", "k");
  EXPECT_EQ(parse({"--host", "0.0.0.0"}, with_key).config->api_key, "k");
  EXPECT_TRUE(parse({"--host", "127.0.0.2"}).config);
}

TEST(Flags, the_key_file_is_trimmed_and_must_hold_something) {
  const std::string path = testing::TempDir() + "rbee_key";
  std::ofstream(path) << "  secret\n";
  EXPECT_EQ(parse({"--api-key-file", path}).config->api_key, "secret");
  std::ofstream(path) << "\n";
  EXPECT_EQ(parse({"--api-key-file", path}).exit_code, 2);
  EXPECT_EQ(parse({"--api-key-file", path + ".none"}).exit_code, 1);
}

}  // namespace
}  // namespace rbee::worker
