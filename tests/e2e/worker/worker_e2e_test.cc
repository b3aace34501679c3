// The real program with real models, over HTTP.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/child_process.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/units.h"
#include "net/testing/test_client.h"

namespace rbee {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

const std::string kModels = RBEE_SOURCE_DIR "/models/";

// A running worker; killed with the object.
class WorkerProcess {
 public:
  explicit WorkerProcess(std::vector<std::string> arguments) : log_(testing::TempDir() + "rbee_worker_e2e.log") {
    const FileDescriptor log(::open(log_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    ProcessSpec spec;
    spec.program = RBEE_WORKER_PROGRAM;
    spec.arguments = std::move(arguments);
    spec.output = spec.errors = log.get();
    process_ = start_process(spec);
  }
  ~WorkerProcess() {
    if (status_) return;
    signal(SIGKILL);
    wait_child(process_.pid);
  }
  static std::vector<std::string> flags(const std::string& model) {
    return {"--worker-id", "worker-e2e", "--model", kModels + model, "--backend", "cpu", "--port", "0"};
  }

  void signal(int number) const { signal_process(process_, number); }
  /// The exit code, or -1 when it still runs after `timeout`.
  int wait(milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!(status_ = poll_child(process_.pid))) {
      if (std::chrono::steady_clock::now() > deadline) return -1;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return status_->signal == 0 ? status_->code : 128 + status_->signal;
  }
  std::string log() const { return read_file(log_, 1_MiB); }
  /// The port from the log, once /ready says so.
  std::uint16_t ready_port() const {
    for (int i = 0; i < 2000; ++i) {
      const std::string text = log(), mark = "listening on http://127.0.0.1:";
      if (const std::size_t at = text.find(mark); at != std::string::npos) {
        const auto port = static_cast<std::uint16_t>(std::stoi(text.substr(at + mark.size())));
        if (net::fetch(port, "GET", "/ready").status == 200) return port;
      }
      std::this_thread::sleep_for(milliseconds(10));
    }
    ADD_FAILURE() << log();
    return 0;
  }

 private:
  const std::string log_;
  ProcessIdentity process_;
  std::optional<ExitStatus> status_;
};

struct Answer {
  std::string text;
  json::object end;
};

Answer read_answer(net::TestClient& client) {
  Answer answer;
  while (const auto event = client.next_event(milliseconds(60'000))) {
    const json::value data = parse_json(event->data, "event");
    if (event->type == "token") answer.text += data.at("t").as_string().c_str();
    if (event->type == "end" || event->type == "error") answer.end = data.as_object();
  }
  return answer;
}

Answer execute(std::uint16_t port, const json::object& body) {
  net::TestClient client(port);
  client.send_request("POST", "/execute", json::serialize(body));
  const net::TestResponse head = client.read_head(milliseconds(60'000));
  EXPECT_EQ(head.status, 200);
  return head.status == 200 ? read_answer(client) : Answer();
}

class DemoModel : public testing::TestWithParam<const char*> {};

TEST_P(DemoModel, answers_every_question_as_expected) {
  const std::string model = GetParam();
  const json::value expected = parse_json(read_file(kModels + model + "/expected.json", 1_MiB), "expected.json");
  WorkerProcess worker(WorkerProcess::flags(model));
  const std::uint16_t port = worker.ready_port();
  for (const json::value& one : expected.at("cases").as_array()) {
    json::object body = {{"prompt", one.at("ids")}, {"max_tokens", 64}, {"temperature", 0}};
    const Answer by_ids = execute(port, body);
    // A decoder that drops the first space of a whole text keeps it in a continuation.
    const std::string text = one.at("text").as_string().c_str();
    EXPECT_TRUE(by_ids.text == text || by_ids.text == " " + text) << by_ids.text;
    EXPECT_EQ(by_ids.end.at("stop_reason").as_string(), "EOS");
    EXPECT_EQ(by_ids.end.at("tokens_out").to_number<std::size_t>(), one.at("greedy").as_array().size());
    if (!one.at("question").is_string()) continue;  // a story has none
    json::object message = {{"role", "user"}, {"content", one.at("question")}};
    json::object chat = {{"messages", json::array{message}}, {"max_tokens", 64}, {"temperature", 0}};
    EXPECT_EQ(execute(port, chat).text, by_ids.text);
  }
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(milliseconds(60'000)), 0);
}

INSTANTIATE_TEST_SUITE_P(All, DemoModel, testing::Values("demo-qwen", "demo-llama", "demo-phi3", "demo-mistral"));

TEST(WorkerProgram, fifty_parallel_requests_give_what_one_gives) {
  WorkerProcess worker(WorkerProcess::flags("demo-qwen"));
  const std::uint16_t port = worker.ready_port();
  const json::object body = {
      {"prompt", "A bee is"}, {"max_tokens", 24}, {"temperature", 0.8}, {"seed", 7}, {"ignore_eos", true}};
  const std::string alone = execute(port, body).text;
  std::vector<std::thread> threads;
  std::atomic<int> same{0};
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&] {
      if (execute(port, body).text == alone) ++same;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, 50);
}

TEST(WorkerProgram, sigterm_drains_and_a_second_one_stops) {
  for (const bool twice : {false, true}) {
    WorkerProcess worker(WorkerProcess::flags("demo-qwen"));
    const std::uint16_t port = worker.ready_port();
    net::TestClient client(port);
    client.send_request("POST", "/execute", R"({"prompt":"x","max_tokens":900,"ignore_eos":true})");
    client.read_head();
    ASSERT_EQ(client.next_event()->type, "started");
    worker.signal(SIGTERM);
    while (net::fetch(port, "GET", "/ready").body.find("draining") == std::string::npos) {
      std::this_thread::sleep_for(milliseconds(2));
    }
    EXPECT_EQ(net::fetch(port, "POST", "/execute", R"({"prompt":"x"})").status, 503);
    if (twice) worker.signal(SIGTERM);
    const Answer answer = read_answer(client);
    EXPECT_EQ(answer.end.at("type").as_string(), twice ? "error" : "end");
    EXPECT_EQ(worker.wait(milliseconds(60'000)), twice ? 1 : 0) << worker.log();
  }
}

TEST(WorkerProgram, a_model_that_cannot_be_loaded_is_one_clear_line) {
  WorkerProcess worker(WorkerProcess::flags("no-such-model"));
  EXPECT_EQ(worker.wait(milliseconds(60'000)), 1);
  EXPECT_NE(worker.log().find("no-such-model"), std::string::npos) << worker.log();
}

TEST(WorkerProgram, a_taken_port_is_an_error_that_names_it) {
  WorkerProcess first(WorkerProcess::flags("demo-qwen"));
  const std::string port = std::to_string(first.ready_port());
  // A log of its own: the first one is still being read.
  ProcessSpec spec;
  spec.program = RBEE_WORKER_PROGRAM;
  spec.arguments = {"--worker-id", "w", "--model", kModels + "demo-qwen", "--port", port};
  EXPECT_EQ(wait_child(start_process(spec).pid).code, 1);
}

}  // namespace
}  // namespace rbee
