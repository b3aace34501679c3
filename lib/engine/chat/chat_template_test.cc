#include "engine/chat/chat_template.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "engine/chat/chat_case.h"

namespace rbee::engine {
namespace {

std::string expected_of(const boost::json::object& one) {
  if (const auto* text = one.if_contains("text")) return "text: " + std::string(text->as_string());
  return "error: " + std::string(one.at("error").as_string());
}

void expect_cases(const std::string& path, std::size_t at_least) {
  const auto cases = load_cases(path);
  EXPECT_GE(cases.size(), at_least);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(render_case(cases[i]), expected_of(cases[i])) << path << " line " << i + 1;
  }
}

TEST(ChatTemplate, fixtures_render_as_transformers_renders_them) {
  expect_cases(RBEE_TEST_DATA "/chat/chat.jsonl", 224);
}

TEST(ChatTemplate, constructs_and_errors_are_those_of_the_reference) {
  expect_cases(RBEE_TEST_DATA "/chat/more.jsonl", 150);
}

}  // namespace
}  // namespace rbee::engine
