#include <gtest/gtest.h>

#include "testing/worker_fixture.h"

namespace rbee::worker {
namespace {

class OpenAi : public WorkerTest {
 protected:
  std::string message_of(const net::TestResponse& response) {
    return json(response.body).at("error").at("message").as_string().c_str();
  }
  std::vector<net::SseEvent> stream(std::string_view path, std::string_view body) {
    net::TestClient client(port());
    client.send_request("POST", path, body);
    EXPECT_EQ(client.read_head().status, 200);
    return rest_of(client);
  }
};

TEST_F(OpenAi, a_whole_chat_answer_has_the_shape) {
  start({.eos_after = 2});
  const auto response = post("/v1/chat/completions", R"({"model":"fake","messages":[{"role":"user","content":"hi"}]})");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto body = json(response.body);
  EXPECT_EQ(body.at("object").as_string(), "chat.completion");
  EXPECT_EQ(body.at("model").as_string(), "fake");
  const auto choice = body.at("choices").at(0);
  EXPECT_EQ(choice.at("message").at("role").as_string(), "assistant");
  EXPECT_EQ(choice.at("message").at("content").as_string(), "é0 é1 ");
  EXPECT_EQ(choice.at("finish_reason").as_string(), "stop");
  EXPECT_TRUE(choice.at("logprobs").is_null());
  EXPECT_EQ(body.at("usage").at("total_tokens").to_number<int>(), 19 + 2);
}

TEST_F(OpenAi, a_streamed_chat_answer_has_role_text_reason_usage_done) {
  start();
  const auto events =
      stream("/v1/chat/completions",
             R"({"model":"fake-folder","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],
                                 "stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":2,
                                 "logprobs":true,"top_logprobs":1})");
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(json(events[0].data).at("choices").at(0).at("delta").at("role").as_string(), "assistant");
  EXPECT_TRUE(json(events[0].data).at("usage").is_null());
  const auto text = json(events[1].data).at("choices").at(0);
  EXPECT_EQ(text.at("delta").at("content").as_string(), "é0 ");
  EXPECT_EQ(text.at("logprobs").at("content").at(0).at("token").as_string(), "A");
  EXPECT_EQ(text.at("logprobs").at("content").at(0).at("bytes").at(0).to_number<int>(), 65);
  EXPECT_EQ(json(events[3].data).at("choices").at(0).at("finish_reason").as_string(), "length");
  EXPECT_TRUE(json(events[3].data).at("choices").at(0).at("delta").as_object().empty());
  EXPECT_TRUE(json(events[4].data).at("choices").as_array().empty());
  EXPECT_EQ(json(events[4].data).at("usage").at("completion_tokens").to_number<int>(), 2);
  EXPECT_EQ(events[5].data, "[DONE]");
}

TEST_F(OpenAi, what_is_not_supported_is_refused_by_name) {
  start();
  const std::string head = R"({"model":"fake","messages":[{"role":"user","content":"hi"}],)";
  for (const char* field :
       {R"("tools":[])", R"("tool_choice":"none")", R"("response_format":{"type":"json_object"})", R"("n":2)",
        R"("functions":[])", R"("audio":{})", R"("modalities":["audio"])", R"("store":true)"}) {
    const auto response = post("/v1/chat/completions", head + field + "}");
    EXPECT_EQ(response.status, 400) << field;
    EXPECT_NE(message_of(response).find("not supported"), std::string::npos) << field << message_of(response);
  }
  EXPECT_EQ(post("/v1/chat/completions", head + R"("colour":"red"})").status, 400);
  EXPECT_EQ(post("/v1/chat/completions", head + R"("response_format":{"type":"text"},"n":1,"user":"u","max_tokens":1})")
                .status,
            200);
  EXPECT_EQ(post("/v1/completions", R"({"model":"fake","prompt":"x","suffix":"y"})").status, 400);
  EXPECT_EQ(post("/v1/completions", R"({"model":"fake","prompt":"x","best_of":2})").status, 400);
}

TEST_F(OpenAi, another_model_is_404) {
  start();
  const auto response = post("/v1/completions", R"({"model":"gpt-4","prompt":"x"})");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json(response.body).at("error").at("code").as_string(), "model_not_found");
  EXPECT_EQ(post("/v1/completions", R"({"model":"Fake Model","prompt":"x","max_tokens":1})").status, 200);
  EXPECT_EQ(post("/v1/completions", R"({"prompt":"x","max_tokens":1})").status, 400);
  EXPECT_EQ(json(net::fetch(port(), "GET", "/v1/models").body).at("data").at(0).at("id").as_string(), "fake");
}

TEST_F(OpenAi, echo_with_logprobs_covers_every_prompt_position) {
  start();
  // What an evaluation harness sends: several id lists, prompt scores, one token more.
  const auto response =
      post("/v1/completions", R"({"model":"fake","prompt":[[104,105,33],[97,98]],"echo":true,"logprobs":1,
                                                    "max_tokens":1,"temperature":0,"seed":1234})");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto choices = json(response.body).at("choices");
  ASSERT_EQ(choices.as_array().size(), 2U);
  const auto first = choices.at(0);
  EXPECT_EQ(first.at("text").as_string(), "hi!é0 ");
  const auto logprobs = first.at("logprobs");
  ASSERT_EQ(logprobs.at("tokens").as_array().size(), 4U);
  EXPECT_TRUE(logprobs.at("token_logprobs").at(0).is_null());
  EXPECT_TRUE(logprobs.at("top_logprobs").at(0).is_null());
  EXPECT_EQ(logprobs.at("token_logprobs").at(1).to_number<double>(), -0.5);
  EXPECT_EQ(logprobs.at("text_offset").at(3).to_number<int>(), 3);
  EXPECT_EQ(choices.at(1).at("index").to_number<int>(), 1);
}

TEST_F(OpenAi, max_tokens_0_reads_the_prompt_only) {
  start();
  const auto scored =
      post("/v1/completions", R"({"model":"fake","prompt":"hey","echo":true,"logprobs":0,"max_tokens":0})");
  ASSERT_EQ(scored.status, 200) << scored.body;
  EXPECT_EQ(json(scored.body).at("choices").at(0).at("text").as_string(), "hey");
  EXPECT_TRUE(json(scored.body).at("choices").at(0).at("logprobs").at("top_logprobs").is_null());
  EXPECT_EQ(post("/v1/completions", R"({"model":"fake","prompt":"hey","max_tokens":0})").status, 400);
  EXPECT_EQ(post("/v1/completions", R"({"model":"fake","prompt":"hey","echo":true,"max_tokens":0})").status, 200);
}

TEST_F(OpenAi, a_streamed_completion_ends_with_its_reason_and_done) {
  start();
  const auto events =
      stream("/v1/completions", R"({"model":"fake","prompt":["a","b"],"stream":true,"echo":true,"max_tokens":1})");
  ASSERT_EQ(events.size(), 7U);  // per prompt: the echo, a token, the reason
  std::string text[2];
  int reasons = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto choice = json(events[i].data).at("choices").at(0);
    text[choice.at("index").to_number<int>()] += choice.at("text").as_string().c_str();
    if (!choice.at("finish_reason").is_null()) ++reasons;
  }
  EXPECT_EQ(text[0], "aé0 ");
  EXPECT_EQ(text[1], "bé0 ");
  EXPECT_EQ(reasons, 2);
  EXPECT_EQ(events.back().data, "[DONE]");
}

TEST_F(OpenAi, a_stopped_stream_shows_an_error_and_no_done) {
  start({.step = std::chrono::milliseconds(5)});
  net::TestClient client(port());
  client.send_request("POST", "/v1/completions", R"({"model":"fake","prompt":"x","stream":true,"max_tokens":900})");
  client.read_head();
  ASSERT_TRUE(client.next_event());
  worker_->jobs.abort_all("shutting_down", "stopped");
  const auto events = rest_of(client);
  ASSERT_FALSE(events.empty());
  EXPECT_NE(events.back().data.find("\"error\""), std::string::npos);
}

TEST_F(OpenAi, text_routes_tokenize_and_render) {
  start();
  EXPECT_EQ(post("/tokenize", R"({"content":"hi"})").body, R"({"tokens":[104,105]})");
  EXPECT_EQ(post("/detokenize", R"({"tokens":[104,105]})").body, R"({"content":"hi"})");
  EXPECT_EQ(
      post("/apply-template", R"({"messages":[{"role":"user","content":"a"}],"add_generation_prompt":false})").body,
      R"({"prompt":"<user>a"})");
  EXPECT_EQ(post("/tokenize", R"({"contents":"hi"})").status, 400);
}

TEST_F(OpenAi, metrics_are_prometheus_text) {
  start();
  execute(R"({"prompt":"x","max_tokens":3})");
  const auto response = net::fetch(port(), "GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("rbee_worker_requests_total{outcome=\"finished\"} 1"), std::string::npos)
      << response.body;
  EXPECT_NE(response.body.find("rbee_worker_draft_tokens_total 0"), std::string::npos);
  EXPECT_NE(response.body.find("rbee_worker_draft_tokens_accepted_total 0"), std::string::npos);
  EXPECT_NE(response.body.find("rbee_worker_candidate_steps_total 0"), std::string::npos);
  EXPECT_NE(response.body.find("rbee_worker_time_to_first_token_seconds_count 1"), std::string::npos);
  EXPECT_NE(response.body.find("rbee_worker_http_responses_total{route=\"/execute\",status=\"200\"} 1"),
            std::string::npos);
}

}  // namespace
}  // namespace rbee::worker
