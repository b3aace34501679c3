#include <thread>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "testing/worker_fixture.h"
#include "wire/execute_event.h"

namespace rbee::worker {
namespace {

using std::chrono::milliseconds;

class Execute : public WorkerTest {};

TEST_F(Execute, a_stream_is_started_tokens_metrics_end) {
  start();
  const auto events = execute(R"({"job_id":"j","prompt":"hi","max_tokens":3,"temperature":0})");
  ASSERT_EQ(events.size(), 6U);
  const std::vector<std::string> types = {"started", "token", "token", "token", "metrics", "end"};
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(events[i].type, types[i]);
    EXPECT_EQ(json(events[i].data).at("type").as_string(), types[i]);
    EXPECT_EQ(events[i].data.find("error"), std::string::npos);
    EXPECT_EQ(find_invalid_utf8(events[i].data), std::string_view::npos);
  }
  const auto started = std::get<wire::StartedEvent>(wire::parse_execute_event(events[0].data));
  EXPECT_EQ(started.job_id, "j");
  EXPECT_EQ(started.model, "fake");
  EXPECT_EQ(std::get<wire::TokenEvent>(wire::parse_execute_event(events[2].data)).t, "é1 ");
  EXPECT_EQ(std::get<wire::TokenEvent>(wire::parse_execute_event(events[2].data)).i, 1U);
  EXPECT_EQ(std::get<wire::MetricsEvent>(wire::parse_execute_event(events[4].data)).vram_bytes, 1024U);
  const auto end = std::get<wire::EndEvent>(wire::parse_execute_event(events[5].data));
  EXPECT_EQ(end.tokens_out, 3U);
  EXPECT_EQ(end.stop_reason, "MAX_TOKENS");
  EXPECT_EQ(worker_->jobs.size(), 0U);
}

TEST_F(Execute, ids_and_messages_are_prompts_too) {
  start();
  EXPECT_EQ(execute(R"({"prompt":[104,105],"max_tokens":1})").back().type, "end");
  const auto events = execute(R"({"messages":[{"role":"user","content":"hi"}],"max_tokens":1})");
  const auto end = std::get<wire::EndEvent>(wire::parse_execute_event(events.back().data));
  EXPECT_EQ(end.prompt_tokens, std::string("<user>hi<assistant>").size());
  EXPECT_EQ(json(post("/execute", R"({"prompt":[300],"max_tokens":1})").body).at("error").at("param").as_string(),
            "prompt");
}

TEST_F(Execute, what_does_not_fit_the_context_is_refused_with_both_counts) {
  start({.context = 20});
  const std::string prompt20(20, 'x');
  const auto error = [this](const std::string& prompt, int max_tokens) {
    const std::string body = R"({"prompt":")" + prompt + R"(","max_tokens":)" + std::to_string(max_tokens) + "}";
    return post("/execute", body);
  };
  EXPECT_EQ(error(std::string(19, 'x'), 1).status, 200);
  for (const std::size_t length : {20, 21, 2000}) {
    const auto response = error(std::string(length, 'x'), 1);
    EXPECT_EQ(response.status, 400);
    const auto body = json(response.body).at("error");
    EXPECT_EQ(body.at("param").as_string(), "prompt");
    EXPECT_EQ(body.at("code").as_string(), "context_length_exceeded");
    EXPECT_NE(body.at("message").as_string().find(std::to_string(length)), boost::json::string::npos);
    EXPECT_NE(body.at("message").as_string().find("20"), boost::json::string::npos);
  }
  EXPECT_EQ(json(error("xxxxx", 16).body).at("error").at("param").as_string(), "max_tokens");
  const auto by_default = execute(R"({"prompt":"xxxxx"})");  // 256 by default, cut to what the context leaves
  EXPECT_EQ(std::get<wire::EndEvent>(wire::parse_execute_event(by_default.back().data)).tokens_out, 15U);
}

TEST_F(Execute, a_running_job_id_is_taken_and_free_again_at_its_end) {
  start({.step = milliseconds(5)});
  net::TestClient first(port());
  first.send_request("POST", "/execute", R"({"job_id":"same","prompt":"x","max_tokens":500})");
  first.read_head();
  const auto second = post("/execute", R"({"job_id":"same","prompt":"x"})");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(json(second.body).at("error").at("param").as_string(), "job_id");
  EXPECT_EQ(net::fetch(port(), "DELETE", "/execute/same").status, 200);
  const auto events = rest_of(first);
  EXPECT_EQ(std::get<wire::EndEvent>(wire::parse_execute_event(events.back().data)).stop_reason, "CANCELLED");
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(execute(R"({"job_id":"same","prompt":"x","max_tokens":2})").back().type, "end");
  EXPECT_EQ(net::fetch(port(), "DELETE", "/execute/same").status, 404);
  EXPECT_EQ(post("/cancel", R"({"job_id":"same"})").status, 404);
  EXPECT_EQ(post("/cancel", "{}").status, 400);
}

TEST_F(Execute, a_client_that_hangs_up_frees_its_sequence) {
  start({.step = milliseconds(20), .context = 100'000});
  for (const bool reset : {true, false}) {
    net::TestClient client(port());
    client.send_request("POST", "/execute", R"({"prompt":"x","max_tokens":5000})");
    client.read_head();
    while (client.next_event()->type != "token") {
    }
    reset ? client.socket().reset() : client.socket().close();
    EXPECT_TRUE(eventually([this] { return worker_->jobs.size() == 0; }));
  }
  EXPECT_TRUE(eventually([this] { return worker_->slot.ready().stats().requests_cancelled == 2; }));
}

TEST_F(Execute, fifty_requests_run_side_by_side) {
  start();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([this, &good] {
      if (execute(R"({"prompt":"x","max_tokens":30})").size() == 33) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 50);
}

TEST_F(Execute, beyond_the_queue_is_503_with_retry_after) {
  start({.step = milliseconds(5), .sequences_max = 1, .queue_max = 1});
  std::vector<std::unique_ptr<net::TestClient>> clients;
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<net::TestClient>(port()));
    clients.back()->send_request("POST", "/execute", R"({"prompt":"x","max_tokens":900})");
    const auto head = clients.back()->read_head();
    if (head.status == 503) {
      ++refused;
      EXPECT_TRUE(head.headers.contains("retry-after"));
    }
  }
  EXPECT_GE(refused, 2);
  EXPECT_LE(refused, 3);
  EXPECT_EQ(worker_->jobs.size(), 5U - refused);
}

TEST_F(Execute, loading_answers_503_and_shows_progress) {
  start_loading();
  worker_->slot.set_progress({3, 24, 100, 800});
  const auto refused = post("/execute", R"({"prompt":"x"})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  const auto ready = net::fetch(port(), "GET", "/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, R"({"ready":false,"state":"loading","running":0,"waiting":0,)"
                        R"("progress":{"layers_done":3,"layers_total":24,"bytes_done":100,"bytes_total":800}})");
  EXPECT_EQ(json(net::fetch(port(), "GET", "/health").body).at("status").as_string(), "healthy");
  worker_->slot.install(std::make_unique<FakeEngine>(FakeOptions{}));
  EXPECT_EQ(json(net::fetch(port(), "GET", "/ready").body).at("state").as_string(), "idle");
}

TEST_F(Execute, draining_refuses_new_work_and_finishes_the_old) {
  start({.step = milliseconds(5)});
  net::TestClient client(port());
  client.send_request("POST", "/execute", R"({"prompt":"x","max_tokens":50})");
  client.read_head();
  worker_->slot.drain();
  EXPECT_EQ(post("/execute", R"({"prompt":"x"})").status, 503);
  EXPECT_EQ(json(net::fetch(port(), "GET", "/ready").body).at("state").as_string(), "draining");
  EXPECT_EQ(rest_of(client).back().type, "end");
}

TEST_F(Execute, aborted_jobs_end_with_one_error_event) {
  start({.step = milliseconds(5)});
  net::TestClient client(port());
  client.send_request("POST", "/execute", R"({"prompt":"x","max_tokens":900})");
  client.read_head();
  worker_->jobs.abort_all("shutting_down", "stopped");
  const auto events = rest_of(client);
  EXPECT_EQ(events.back().type, "error");
  for (std::size_t i = 0; i + 1 < events.size(); ++i) EXPECT_NE(events[i].type, "end");
}

TEST_F(Execute, a_long_silence_is_filled_with_pings) {
  WorkerConfig config = test_config();
  config.http.ping_interval = milliseconds(30);
  start({.step = milliseconds(500)}, config);
  net::TestClient client(port());
  client.send_request("POST", "/execute", R"({"prompt":"x","max_tokens":2})");
  client.read_head();
  EXPECT_EQ(rest_of(client).back().type, "end");
  EXPECT_NE(client.stream_text().find(": ping\n\n"), std::string::npos);
}

}  // namespace
}  // namespace rbee::worker
