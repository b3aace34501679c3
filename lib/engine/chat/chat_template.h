#pragma once
// The chat templates of model repositories: Jinja as transformers' apply_chat_template renders it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace rbee::engine {

/// What a template may use before it is stopped.
struct TemplateBudget {
  std::uint64_t steps_max = 2'000'000;       ///< node evaluations, plus one per byte produced
  std::uint32_t depth_max = 64;              ///< nested calls and evaluations
  std::uint64_t output_bytes_max = 1 << 20;  ///< beyond 8 times the size of the inputs
};

/// What is rendered. Borrowed; must outlive the call.
struct ChatInput {
  const boost::json::value& messages;  ///< array of {role, content, ...}
  const boost::json::value& tools;     ///< array or null
  bool add_generation_prompt = true;
  std::string_view bos_token, eos_token;
  /// Further variables of the template (an object, or null).
  const boost::json::value& extra;
  /// What strftime_now sees.
  std::chrono::system_clock::time_point now;
};

/// A parsed template. Immutable after construction: any thread may render.
class ChatTemplate {
 public:
  /// Parses with trim_blocks and lstrip_blocks on. Throws Error{kBadFile} ("template line 3: …") for a syntax error,
  /// a limit, or a construct that is refused (include, import, extends).
  explicit ChatTemplate(std::string_view source);
  ~ChatTemplate();
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;

  /// The prompt. Throws Error{kBadRequest}: the template's own raise_exception (its message unchanged), an undefined
  /// attribute of data, a type error, or the budget ("template exceeded 2000000 steps").
  std::string render(const ChatInput& input, const TemplateBudget& budget = {}) const;

 private:
  struct Parsed;
  std::unique_ptr<const Parsed> parsed_;
};

}  // namespace rbee::engine
