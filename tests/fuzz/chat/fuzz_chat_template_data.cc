// A chat template, a zero byte, and the messages and other variables that it is rendered with.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "engine/chat/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = all.find('\0');
  if (end == std::string_view::npos) return 0;
  rbee::engine::TemplateBudget budget;
  budget.steps_max = 20'000;
  try {
    const boost::json::value value = rbee::parse_json(all.substr(end + 1), "data");
    const rbee::engine::ChatInput input{value, value, true, "<s>", "</s>", value, {}};
    (void)rbee::engine::ChatTemplate(all.substr(0, end)).render(input, budget);
  } catch (const rbee::Error&) {
  }
  return 0;
}
