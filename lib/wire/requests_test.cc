// Every numeric field against what people and attackers send instead of a number.

#include <functional>
#include <set>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "base/error.h"
#include "wire/chat_request.h"
#include "wire/completion_request.h"
#include "wire/execute_request.h"
#include "wire/text_request.h"

namespace rbee::wire {
namespace {

using Parse = std::function<void(std::string_view)>;

struct Route {
  const char* name;
  const char* rest;  // the other fields, which are right
  Parse parse;
};

const std::vector<Route>& routes() {
  static const std::vector<Route> all = {
      {"execute", R"("prompt":"x")", [](std::string_view body) { parse_execute_request(body); }},
      {"completions", R"("model":"m","prompt":"x")", [](std::string_view body) { parse_completion_request(body); }},
      {"chat", R"("model":"m","logprobs":true,"messages":[{"role":"user","content":"x"}])",
       [](std::string_view body) { parse_chat_request(body); }},
  };
  return all;
}

// The param of the refusal; "accepted" when there is none.
std::string refused(const Route& route, const std::string& field) {
  try {
    route.parse("{" + std::string(route.rest) + "," + field + "}");
    return "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
    EXPECT_NE(std::string(error.what()), "");
    return error.param();
  }
}

constexpr const char* kAbuse[] = {
    "-1", "0",    "2147483648", "9223372036854775808",  "1e308",  "-1e308", "\"1\"", "1.5",    "null",
    "[]", "true", "{}",         "18446744073709551616", "1e-400", "-0.0",   "1.0",   "\"NaN\""};

struct NumericField {
  const char* name;
  std::set<std::string> routes;
  std::set<std::string> allowed;  // which of kAbuse are right for it
};

TEST(Requests, every_numeric_field_refuses_every_wrong_number_by_name) {
  const std::set<std::string> all = {"execute", "completions", "chat"};
  const std::set<std::string> zeros = {"0", "1e-400", "-0.0"};
  const std::set<std::string> to_one = {"0", "1e-400", "-0.0", "1.0"};
  const std::set<std::string> to_two = {"0", "1e-400", "-0.0", "1.0", "1.5"};
  const std::set<std::string> both_signs = {"-1", "0", "1e-400", "-0.0", "1.0", "1.5"};
  const NumericField fields[] = {
      {"max_tokens", all, {}},
      {"max_completion_tokens", {"chat"}, {}},
      {"temperature", all, to_two},
      {"top_p", all, {"1.0"}},
      {"min_p", all, to_one},
      {"top_k", all, {"0"}},
      {"seed", all, {"0", "2147483648"}},
      {"repetition_penalty", all, {"1.0", "1.5"}},
      {"presence_penalty", all, both_signs},
      {"frequency_penalty", all, both_signs},
      {"logprobs", {"completions"}, {"0"}},
      {"top_logprobs", {"chat"}, {"0"}},
      {"n", {"completions", "chat"}, {}},
      {"best_of", {"completions"}, {}},
  };
  for (const NumericField& field : fields) {
    for (const Route& route : routes()) {
      if (!field.routes.contains(route.name)) continue;
      for (const char* value : kAbuse) {
        const std::string wanted = field.allowed.contains(value) ? "accepted" : field.name;
        EXPECT_EQ(refused(route, "\"" + std::string(field.name) + "\":" + value), wanted) << route.name << " " << value;
      }
    }
  }
}

TEST(Requests, ids_in_lists_are_checked_one_by_one) {
  for (const char* id : {"-1", "2147483648", "9223372036854775808", "1e308", "\"1\"", "1.5", "null", "[]", "true"}) {
    const std::string list = "[1," + std::string(id) + "]";
    for (const std::string& field : {"\"prompt\":" + list, "\"tokens\":" + list}) {
      try {
        if (field[1] == 'p') parse_execute_request("{" + field + "}");
        if (field[1] == 't') parse_detokenize_request("{" + field + "}");
        ADD_FAILURE() << field;
      } catch (const Error& error) {
        EXPECT_EQ(error.param(), field[1] == 'p' ? "prompt[1]" : "tokens[1]");
      }
    }
  }
}

TEST(Requests, what_is_no_request_is_refused) {
  const Route& execute = routes()[0];
  for (const char* body : {"",
                           "{",
                           "[]",
                           "null",
                           "\"x\"",
                           "{\"prompt\":\"x\"}x",
                           "{\"prompt\":\"x\",}",
                           "{'prompt':'x'}",
                           "{\"prompt\":\"\\ud800\"}",
                           "{\"prompt\":\"\xff\"}",
                           "{\"prompt\":NaN}",
                           "{\"prompt\":\"x\",\"prompt\":\"y\"}",
                           "{}",
                           "{\"prompt\":\"\"}",
                           "{\"prompt\":[]}",
                           "{\"prompt\":{}}",
                           "{\"prompt\":7}",
                           "{\"prompt\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                           "{\"messages\":[]}",
                           "{\"messages\":[{\"role\":\"user\"}]}",
                           "{\"messages\":[{\"content\":\"x\"}]}",
                           "{\"messages\":[7]}",
                           "{\"messages\":[{\"role\":\"user\",\"content\":null}]}",
                           "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}",
                           "{\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"colour\":1}]}"}) {
    EXPECT_THROW(execute.parse(body), Error) << body;
  }
  std::string deep = "{\"prompt\":";
  for (int i = 0; i < 10'000; ++i) deep += "[";
  EXPECT_THROW(execute.parse(deep), Error);
}

TEST(Requests, unknown_fields_are_named_with_the_known_ones) {
  try {
    parse_execute_request(R"({"prompt":"x","temprature":1})");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.param(), "temprature");
    EXPECT_NE(std::string(error.what()).find("temperature"), std::string::npos);
  }
}

TEST(Requests, stop_is_a_string_or_a_bounded_list) {
  EXPECT_EQ(parse_execute_request(R"({"prompt":"x","stop":"a"})").stop, std::vector<std::string>{"a"});
  EXPECT_EQ(parse_execute_request(R"({"prompt":"x","stop":["a","b"]})").stop.size(), 2U);
  const Route& execute = routes()[0];
  EXPECT_EQ(refused(execute, R"("stop":["a",""])"), "stop[1]");
  EXPECT_EQ(refused(execute, R"("stop":[1])"), "stop[0]");
  EXPECT_EQ(refused(execute, R"("stop":7)"), "stop");
  EXPECT_EQ(refused(execute, "\"stop\":\"" + std::string(1025, 'x') + "\""), "stop");
  std::string many = "\"stop\":[\"a\"";
  for (int i = 0; i < 64; ++i) many += ",\"a\"";
  EXPECT_EQ(refused(execute, many + "]"), "stop");
}

TEST(Requests, job_ids_have_a_form) {
  EXPECT_EQ(parse_execute_request(R"({"prompt":"x","job_id":"a-b_c.d:1"})").job_id, "a-b_c.d:1");
  for (const char* id : {"\"\"", "\"a b\"", "\"a/b\"", "\"a\\nb\"", "7", "\"\\u0000\""}) {
    EXPECT_EQ(refused(routes()[0], std::string("\"job_id\":") + id), "job_id") << id;
  }
  EXPECT_EQ(refused(routes()[0], "\"job_id\":\"" + std::string(129, 'a') + "\""), "job_id");
}

TEST(Requests, an_execute_request_survives_the_way_there_and_back) {
  const char* const body =
      R"({"job_id":"j","prompt":[1,2],"max_tokens":5,"temperature":0.5,"top_k":3,"seed":7,"logit_bias":{"4":-2.0},"stop":["a"],"ignore_eos":true})";
  const boost::json::object once = to_json(parse_execute_request(body));
  EXPECT_EQ(once, to_json(parse_execute_request(boost::json::serialize(once))));
  EXPECT_EQ(once.size(), 9U);
}

TEST(Requests, logit_bias_names_ids) {
  for (const char* bias :
       {R"({"x":1})", R"({"-1":1})", R"({"01":1})", R"({"1":101})", R"({"1":"1"})", "[]", "7", R"({"1":null})"}) {
    EXPECT_NE(refused(routes()[1], std::string("\"logit_bias\":") + bias), "accepted") << bias;
  }
}

}  // namespace
}  // namespace rbee::wire
