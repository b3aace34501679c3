#include "engine/chat/chat_template.h"

#include <boost/json/object.hpp>

#include "engine/chat/interpreter.h"
#include "engine/chat/json_value.h"
#include "engine/chat/parser.h"
#include "engine/chat/runtime.h"

namespace rbee::engine {

struct ChatTemplate::Parsed {
  std::unique_ptr<const jinja::ParsedTemplate> tree;
  std::size_t source_bytes = 0;
};

ChatTemplate::ChatTemplate(std::string_view source) {
  auto parsed = std::make_unique<Parsed>();
  parsed->tree = jinja::parse_template(source);
  parsed->source_bytes = source.size();
  parsed_ = std::move(parsed);
}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

std::string ChatTemplate::render(const ChatInput& input, const TemplateBudget& budget) const {
  const std::uint64_t input_bytes = parsed_->source_bytes + jinja::measure_json(input.messages) +
                                    jinja::measure_json(input.tools) + jinja::measure_json(input.extra);
  jinja::Runtime runtime(budget, input_bytes, input.now);
  jinja::Interpreter interpreter(*parsed_->tree, runtime);
  // transformers passes documents always, and the special tokens of the tokenizer.
  interpreter.define("documents", jinja::Value::none());
  interpreter.define("bos_token", runtime.text(input.bos_token));
  interpreter.define("eos_token", runtime.text(input.eos_token));
  if (const auto* extra = input.extra.if_object()) {
    for (const auto& [name, value] : *extra) {
      interpreter.define(std::string_view(name.data(), name.size()), jinja::from_json(runtime, value));
    }
  }
  interpreter.define("messages", jinja::from_json(runtime, input.messages));
  interpreter.define("tools", jinja::from_json(runtime, input.tools));
  interpreter.define("add_generation_prompt", jinja::Value::of(input.add_generation_prompt));
  return interpreter.run();
}

}  // namespace rbee::engine
