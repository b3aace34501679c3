#include "listed_worker.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "generation_flags.h"

namespace rbee::keeper {
namespace {

const std::vector<ListedWorker> kWorkers = {{"b", "qwen", "cpu", "ready", "127.0.0.1", 8001},
                                            {"a", "qwen", "cuda", "busy", "127.0.0.1", 8000},
                                            {"c", "phi", "cpu", "loading", "0.0.0.0", 8002}};

std::string refusal(const WorkerQuery& query) {
  try {
    choose_worker(kWorkers, query, "ws");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ListedWorkerTest, a_ready_worker_comes_before_a_busy_one) {
  EXPECT_EQ(choose_worker(kWorkers, {.model = "qwen"}, "ws").id, "b");
  EXPECT_EQ(choose_worker(kWorkers, {.model = "qwen", .backend = "cuda"}, "ws").id, "a");
  EXPECT_EQ(choose_worker(kWorkers, {.id = "a"}, "ws").id, "a");
}

TEST(ListedWorkerTest, without_one_the_command_that_starts_one_is_said) {
  EXPECT_EQ(
      refusal({.model = "mistral"}),
      "no worker on pool 'ws' runs 'mistral'; start one with 'rbee pool worker spawn cpu --model mistral --host ws'");
  EXPECT_NE(refusal({.model = "qwne"}).find("(there is one of 'qwen')"), std::string::npos);
  EXPECT_NE(refusal({.model = "phi"}).find("c on pool 'ws' is loading"), std::string::npos);
  EXPECT_NE(refusal({.id = "z"}).find("no worker 'z'"), std::string::npos);
}

TEST(ListedWorkerTest, a_list_is_read_and_a_broken_one_refused) {
  const auto workers = parse_worker_list(
      R"({"workers":[{"worker_id":"w","model_id":"m","backend":"cpu","state":"ready","host":"::1","port":8000,"x":1}]})",
      "ws");
  ASSERT_EQ(workers.size(), 1u);
  EXPECT_EQ(workers[0].host, "::1");
  EXPECT_EQ(workers[0].port, 8000);
  for (const char* text : {"", "[]", "{}", R"({"workers":1})", R"({"workers":[1]})",
                           R"({"workers":[{"worker_id":"w"}]})", R"({"workers":[{"worker_id":"w","port":70000}]})"}) {
    EXPECT_THROW(parse_worker_list(text, "ws"), Error) << text;
  }
}

TEST(TerminalTextTest, control_characters_cannot_reach_a_terminal) {
  EXPECT_EQ(terminal_text("a\n\tb\x1b[31m\x7f\xc3\xa4"), "a\n\tb\\x1b[31m\\x7f\xc3\xa4");
  EXPECT_EQ(terminal_text("\xc2\x9b[0m \xc2\xa0"), "\\x9b[0m \xc2\xa0");
}

}  // namespace
}  // namespace rbee::keeper
