#include "pool/download/hub_client.h"

#include <deque>

#include <gtest/gtest.h>

#include "base/error.h"
#include "pool/download/limits.h"
#include "pool/download/repo_listing.h"

namespace rbee::pool::download {
namespace {

using namespace std::chrono_literals;

// Answers as told, and keeps what was asked.
class ScriptedTransport final : public Transport {
 public:
  struct Step {
    int status = 200;
    HttpFields headers;
    std::string body;
    bool breaks = false;
  };
  std::deque<Step> script;
  std::vector<HttpRequest> asked;

  HttpHead get(const HttpRequest& request, const HttpReceiver& receiver) override {
    asked.push_back(request);
    if (script.empty()) fail(ErrorKind::kBadRequest, "nothing more is in the script");
    const Step step = script.front();
    script.pop_front();
    if (step.breaks) fail(ErrorKind::kIo, "the connection broke");
    const HttpHead head{step.status, step.headers};
    receiver.on_head(head);
    receiver.on_body(step.body);
    return head;
  }
  bool token_was_sent(std::size_t request) const {
    for (const auto& [name, value] : asked.at(request).headers) {
      if (name == "Authorization") return true;
    }
    return false;
  }
};

class HubClientTest : public testing::Test {
 protected:
  explicit HubClientTest(const std::string& endpoint = "https://hub.example")
      : access_{*Url::parse(endpoint), "secret"} {}

  std::string text() {
    HubAnswer answer{{}, "", access_.endpoint};
    return client_.get_text(access_.endpoint.with_path("/x"), 1000, "org/name", answer);
  }
  ErrorKind failure() {
    try {
      text();
    } catch (const Error& error) {
      message_ = error.what();
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kBadFile;
  }
  void redirect(const std::string& location) { transport_.script.push_back({302, {{"location", location}}, ""}); }

  SystemClock clock_;
  Cancellation cancellation_;
  std::vector<std::chrono::milliseconds> pauses_;
  const Patience patience_{clock_,
                           cancellation_,
                           [] { return 1.0; },
                           [this](std::chrono::milliseconds time) {
                             pauses_.push_back(time);
                             return true;
                           },
                           {}};
  HubAccess access_;
  ScriptedTransport transport_;
  HubClient client_{access_, transport_, patience_};
  std::string message_;
};

TEST_F(HubClientTest, a_relative_redirect_keeps_the_token) {
  redirect("/y");
  transport_.script.push_back({200, {}, "body"});
  EXPECT_EQ(text(), "body");
  EXPECT_TRUE(transport_.token_was_sent(0));
  EXPECT_TRUE(transport_.token_was_sent(1));
}

TEST_F(HubClientTest, another_host_port_or_way_back_gets_no_token) {
  for (const char* elsewhere : {"https://cdn.example/y", "https://hub.example:444/y", "https://hub.example.evil/y"}) {
    transport_.asked.clear();
    redirect(elsewhere);
    redirect("https://hub.example/z");
    transport_.script.push_back({200, {}, "body"});
    EXPECT_EQ(text(), "body");
    EXPECT_TRUE(transport_.token_was_sent(0));
    EXPECT_FALSE(transport_.token_was_sent(1)) << elsewhere;
    EXPECT_FALSE(transport_.token_was_sent(2)) << "dropped once, dropped for good";
  }
}

TEST_F(HubClientTest, a_token_is_not_sent_in_the_clear) {
  access_.endpoint = *Url::parse("http://hub.example");
  transport_.script.push_back({200, {}, ""});
  text();
  EXPECT_FALSE(transport_.token_was_sent(0));
  access_.endpoint = *Url::parse("http://127.0.0.1:8080");
  transport_.script.push_back({200, {}, ""});
  text();
  EXPECT_TRUE(transport_.token_was_sent(1));
}

TEST_F(HubClientTest, redirects_lead_to_no_lesser_and_no_other_scheme) {
  redirect("http://hub.example/y");
  EXPECT_THROW(client_.get(access_.endpoint, {}, {}), Error);
  redirect("file:///etc/passwd");
  EXPECT_THROW(client_.get(access_.endpoint, {}, {}), Error);
  for (int i = 0; i <= kRedirectsMax; ++i) redirect("/again");
  EXPECT_THROW(client_.get(access_.endpoint, {}, {}), Error);
  EXPECT_TRUE(transport_.script.empty());
}

TEST_F(HubClientTest, passing_failures_are_tried_again_with_growing_waits) {
  transport_.script = {{503}, {200, {}, "", true}, {429, {{"retry-after", "3"}}}, {200, {}, "body"}};
  EXPECT_EQ(text(), "body");
  EXPECT_EQ(pauses_, (std::vector<std::chrono::milliseconds>{500ms, 1000ms, 4000ms}));
}

TEST_F(HubClientTest, what_does_not_pass_is_said_at_once) {
  transport_.script = {{404, {{"x-error-code", "RevisionNotFound"}}}};
  EXPECT_EQ(failure(), ErrorKind::kNotFound);
  transport_.script = {{403, {{"x-error-code", "GatedRepo"}, {"x-error-message", "a\x1b[31mb"}}}};
  EXPECT_EQ(failure(), ErrorKind::kUnavailable);
  EXPECT_EQ(message_.find('\x1b'), std::string::npos);
  transport_.script = {{401, {{"x-error-code", "RepoNotFound"}}}};
  EXPECT_EQ(failure(), ErrorKind::kNotFound);
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(HubClientTest, the_token_is_in_no_message) {
  transport_.script = {{401}};
  failure();
  EXPECT_EQ(message_.find("secret"), std::string::npos);
}

TEST_F(HubClientTest, a_body_beyond_the_limit_is_an_error) {
  transport_.script = {{200, {}, std::string(1001, 'x')}};
  EXPECT_EQ(failure(), ErrorKind::kBadFile);
}

TEST_F(HubClientTest, offline_asks_nobody) {
  access_.network = HubAccess::Network::kOffline;
  EXPECT_EQ(failure(), ErrorKind::kUnavailable);
  EXPECT_TRUE(transport_.asked.empty());
}

TEST_F(HubClientTest, pages_elsewhere_are_refused) {
  const std::string oid(40, 'a');
  transport_.script = {{200, {}, R"({"sha":")" + oid + R"("})"},
                       {200, {{"link", "<https://evil.example/p>; rel=\"next\""}}, "[]"}};
  EXPECT_THROW(list_repo(client_, *RepoName::parse("org/name"), *Revision::parse("main")), Error);
  EXPECT_EQ(transport_.asked.size(), 2u);
}

TEST_F(HubClientTest, a_list_without_an_end_is_given_up) {
  const std::string oid(40, 'a');
  transport_.script = {{200, {}, R"({"sha":")" + oid + R"("})"}};
  for (std::size_t i = 0; i < kTreePagesMax; ++i) {
    transport_.script.push_back({200, {{"link", "</p>; rel=\"next\""}}, "[]"});
  }
  EXPECT_THROW(list_repo(client_, *RepoName::parse("org/name"), *Revision::parse("main")), Error);
}

TEST(HubAccessTest, the_environment_says_where_and_who) {
  Environment environment;
  EXPECT_EQ(hub_access(environment).endpoint.text(), "https://huggingface.co");
  environment.set("HF_ENDPOINT", "http://127.0.0.1:9/base/");
  environment.set("HF_TOKEN", " tok\n");
  environment.set("HF_HUB_OFFLINE", "True");
  const HubAccess access = hub_access(environment);
  EXPECT_EQ(access.token, "tok");
  EXPECT_EQ(access.network, HubAccess::Network::kOffline);
  environment.set("HF_TOKEN", "a b");
  EXPECT_THROW(hub_access(environment), Error);
  environment.set("HF_TOKEN", "a");
  environment.set("HF_ENDPOINT", "hub");
  EXPECT_THROW(hub_access(environment), Error);
}

}  // namespace
}  // namespace rbee::pool::download
