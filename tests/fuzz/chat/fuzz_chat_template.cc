// Any bytes as a chat template, rendered over a small conversation.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json/parse.hpp>

#include "base/check.h"
#include "base/error.h"
#include "base/utf8.h"
#include "engine/chat/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const boost::json::value messages = boost::json::parse(
      R"([{"role": "system", "content": "s"}, {"role": "user", "content": "hé <b>\n", "n": [1, 2.5, null, true]},
          {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"a": "b"}}}]}])");
  static const boost::json::value nothing;
  rbee::engine::TemplateBudget budget;
  budget.steps_max = 20'000;
  const rbee::engine::ChatInput input{messages, nothing, true, "<s>", "</s>", nothing, {}};
  try {
    const std::string text =
        rbee::engine::ChatTemplate({reinterpret_cast<const char*>(data), size}).render(input, budget);
    RBEE_CHECK(rbee::find_invalid_utf8(text) == std::string_view::npos);
  } catch (const rbee::Error&) {
  }
  return 0;
}
