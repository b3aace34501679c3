// Templates that would use up the machine stop with an error, soon and on a small stack.

#include <pthread.h>

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/chat/chat_case.h"

namespace rbee::engine {
namespace {

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// Rendered on a thread with a small stack, and quickly.
std::string render_small(const std::string& source) {
  struct Job {
    const std::string* source;
    std::string result;
  } job{&source, {}};
  const auto run = [](void* argument) -> void* {
    Job& own = *static_cast<Job*>(argument);
    own.result = render_text(*own.source);
    return nullptr;
  };
#if defined(RBEE_SANITIZED)
  constexpr std::size_t kStackBytes = std::size_t{4} << 20;  // sanitizers widen every frame
#else
  constexpr std::size_t kStackBytes = std::size_t{512} << 10;
#endif
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(pthread_create(&thread, &attributes, run, &job), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  return job.result;
}

void expect_exceeded(const std::string& source, std::string_view what) {
  const std::string result = render_small(source);
  EXPECT_TRUE(result.starts_with("error: template exceeded") && result.find(what) != std::string::npos)
      << source.substr(0, 80) << " gave " << result.substr(0, 200);
}

TEST(Budget, ranges_are_bounded) {
  EXPECT_EQ(render_small("{{ range(10**9)|list }}"),
            "error: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
}

TEST(Budget, nested_loops_run_out_of_steps) {
  expect_exceeded(
      "{% for a in range(10000) %}{% for b in range(10000) %}{% for c in range(10000) %}{% endfor %}{% endfor %}{% "
      "endfor %}",
      "2000000 steps");
}

TEST(Budget, texts_are_charged_before_they_are_made) {
  expect_exceeded("{{ 'x' * 10**9 }}", "2000000 steps");
  expect_exceeded("{{ 'x' * 10**18 }}", "2000000 steps");
  expect_exceeded("{{ 'a'.center(10**12) }}", "2000000 steps");
  expect_exceeded("{{ 'a'|indent(10**12, true) }}", "2000000 steps");
  expect_exceeded("{{ [1]|tojson(indent=10**12) }}", "2000000 steps");
  expect_exceeded("{{ ('x'*100000)|replace('x', 'y'*100000) }}", "2000000 steps");
  expect_exceeded("{{ (['x'*1000]*100000)|join }}", "2000000 steps");
}

TEST(Budget, doubling_runs_out) {
  expect_exceeded("{% set ns = namespace(a='ab') %}{% for i in range(64) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
                  "steps");
  expect_exceeded("{% set ns = namespace(a='ab') %}{% for i in range(64) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
                  "steps");
  expect_exceeded("{% set ns = namespace(a=[1]) %}{% for i in range(64) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
                  "100000 items");
  expect_exceeded(
      "{% set ns = namespace(a=[1]) %}{% for i in range(64) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ "
      "ns.a }}",
      "steps");
}

TEST(Budget, lists_are_bounded) {
  expect_exceeded("{{ [0] * 10**9 }}", "100000 items");
}

TEST(Budget, a_macro_that_calls_itself_runs_out_of_depth) {
  expect_exceeded("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "depth 64");
  expect_exceeded("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "depth 64");
  expect_exceeded("{% macro m() %}{% call m() %}{% endcall %}{{ caller }}{% endmacro %}{{ m() }}", "depth 64");
  const std::string nest = repeat("{% if true %}", 100) + "{{ " + repeat("[", 20) + "m()" + repeat("]", 20) + " }}" +
                           repeat("{% endif %}", 100);
  expect_exceeded("{% macro m() %}" + nest + "{% endmacro %}{{ m() }}", "depth 400");
}

TEST(Budget, sources_nest_at_most_128_deep) {
  const std::string deep = "error: template line 1: nested deeper than 128";
  EXPECT_EQ(render_small("{{ " + repeat("(", 10000) + "1" + repeat(")", 10000) + " }}"), deep);
  EXPECT_EQ(render_small("{{ " + repeat("[", 10000) + repeat("]", 10000) + " }}"), deep);
  EXPECT_EQ(render_small("{{ " + repeat("-", 10000) + "1 }}"), deep);
  EXPECT_EQ(render_small("{{ " + repeat("not ", 10000) + "1 }}"), deep);
  EXPECT_EQ(render_small("{{ x" + repeat("|upper", 10000) + " }}"), deep);
  EXPECT_EQ(render_small("{{ x" + repeat(".a", 10000) + " }}"), deep);
  EXPECT_EQ(render_small("{{ " + repeat("1 if 1 else ", 10000) + "1 }}"), deep);
  EXPECT_EQ(render_small(repeat("{% if 1 %}", 10000)), deep);
  EXPECT_EQ(render_small("{% set " + repeat("(", 10000) + " %}"), deep);
  EXPECT_EQ(render_small("{{ " + repeat("(", 120) + "1" + repeat(")", 120) + " }}"), "text: 1");
}

TEST(Budget, long_chains_are_not_deep) {
  EXPECT_EQ(render_small("{{ 0" + repeat(" + 1", 5000) + " }}"), "text: 5000");
  EXPECT_EQ(render_small("{{ 0" + repeat(" or 0", 5000) + " }}"), "text: 0");
  EXPECT_EQ(render_small("{% if 0 %}" + repeat("{% elif 0 %}", 5000) + "{% else %}x{% endif %}"), "text: x");
}

TEST(Budget, values_that_hold_themselves_are_harmless) {
  EXPECT_EQ(render_small("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns.a.a.a is defined }}"), "text: True");
  expect_exceeded("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "depth 400");
  expect_exceeded(
      "{% set ns = namespace(a=[]) %}{% for i in range(5000) %}{% set ns.a = [ns.a] %}{% endfor %}{{ "
      "ns.a == 1 }}{{ ns.a|string|length }}",
      "depth 400");
  expect_exceeded(
      "{% set ns = namespace(a=['x']) %}{% for i in range(5000) %}{% set ns.a = ns.a|map('upper') %}{% "
      "endfor %}{{ ns.a|list }}",
      "depth 400");
}

TEST(Budget, memory_is_bounded) {
  expect_exceeded("{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l]*100 %}{% endfor %}",
                  "");
}

TEST(Budget, output_is_bounded) {
  TemplateBudget budget;
  budget.output_bytes_max = 100;
  const std::string result = render_text("{% for i in range(1000) %}abcdefgh{% endfor %}", "[]", "{}", budget);
  EXPECT_TRUE(result.starts_with("error: template exceeded") && result.ends_with("bytes of output")) << result;
}

TEST(Budget, long_conversations_fit) {
  std::string messages = "[";
  for (int i = 0; i < 2000; ++i) {
    messages += std::string(i > 0 ? "," : "") + R"({"role": "user", "content": ")" + repeat("word ", 200) + "\"}";
  }
  const std::string result = render_text(
      "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m['content']|trim + '<|end|>' + '\\n' }}{% endfor %}",
      messages + "]");
  EXPECT_EQ(result.substr(0, 20), "text: <|user|>\nword ");
  EXPECT_GT(result.size(), 2'000'000U);
}

}  // namespace
}  // namespace rbee::engine
