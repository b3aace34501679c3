#include "engine/chat/chat_case.h"

#include <fstream>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base/error.h"
#include "base/json.h"

namespace rbee::engine {
namespace {

namespace json = boost::json;

// 2026-03-04 05:06:07 UTC
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds{1772600767}};

json::value parse(std::string_view text) {
  JsonLimits limits;
  limits.depth_max = 100;
  return parse_json(text, "case", limits);
}

std::string get_text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string render(std::string_view source, const ChatInput& input, const TemplateBudget& budget) {
  try {
    return "text: " + ChatTemplate(source).render(input, budget);
  } catch (const Error& error) {
    return std::string("error: ") + error.what();
  }
}

}  // namespace

std::string render_case(const json::object& chat_case) {
  const json::value null;
  const auto get = [&](std::string_view key) -> const json::value& {
    const json::value* value = chat_case.if_contains(key);
    return value != nullptr ? *value : null;
  };
  const std::string bos = get_text(chat_case, "bos_token"), eos = get_text(chat_case, "eos_token");
  const json::value& generate = get("add_generation_prompt");
  const ChatInput input{get("messages"), get("tools"), generate.is_bool() && generate.get_bool(), bos, eos,
                        get("extra"),    kNow};
  return render(get_text(chat_case, "template"), input, {});
}

std::vector<json::object> load_cases(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail(ErrorKind::kNotFound, "{} cannot be read", path);
  std::vector<json::object> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(parse(line).as_object());
  return cases;
}

std::string render_text(std::string_view source, std::string_view messages, std::string_view extra,
                        const TemplateBudget& budget) {
  const json::value messages_json = parse(messages), extra_json = parse(extra), tools;
  const ChatInput input{messages_json, tools, false, "<s>", "</s>", extra_json, kNow};
  return render(source, input, budget);
}

}  // namespace rbee::engine
