#include "engine/generate/check_request.h"

#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/generate/limits.h"
#include "engine/sample/check_sampling_params.h"
#include "engine/sample/limits.h"

namespace rbee::engine {
namespace {

template <typename... Args>
[[noreturn]] void refuse(std::string param, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::kBadRequest, fmt::format(format, std::forward<Args>(args)...), std::move(param));
}

void check_length(const GenerateRequest& request, std::uint32_t context) {
  const std::size_t prompt = request.prompt.size();
  if (prompt == 0) refuse("prompt", "the prompt has no tokens, at least one is needed");
  if (prompt > context) {
    refuse("prompt", "the prompt has {} tokens, the context has {} positions", prompt, context);
  }
  if (request.max_tokens == 0 && !request.prompt_logprobs) {
    refuse("max_tokens", "max_tokens is 0, must be at least 1 when no prompt log-probabilities are asked for");
  }
  if (request.max_tokens == 0) return;
  if (prompt == context) {
    refuse("prompt", "the prompt has {} tokens, which leaves no room for an answer in a context of {} positions",
           prompt, context);
  }
  if (request.max_tokens > context - prompt) {
    refuse("max_tokens", "the prompt has {} tokens and max_tokens is {}, the context has {} positions", prompt,
           request.max_tokens, context);
  }
}

void check_tokens(const GenerateRequest& request, std::uint32_t vocab_size) {
  for (std::size_t i = 0; i < request.prompt.size(); ++i) {
    const std::int32_t id = request.prompt[i].value();
    if (id < 0 || static_cast<std::uint32_t>(id) >= vocab_size) {
      refuse("prompt", "prompt token {} is {}, the vocabulary has {} tokens", i, id, vocab_size);
    }
  }
}

void check_stops(const std::vector<std::string>& stops) {
  if (stops.size() > kStopsMax) refuse("stop", "stop has {} strings, at most {} are allowed", stops.size(), kStopsMax);
  for (std::size_t i = 0; i < stops.size(); ++i) {
    const std::string param = fmt::format("stop[{}]", i);
    if (stops[i].empty()) refuse(param, "{} is empty", param);
    if (stops[i].size() > kStopBytesMax) {
      refuse(param, "{} has {} bytes, at most {} are allowed", param, stops[i].size(), kStopBytesMax);
    }
    if (find_invalid_utf8(stops[i]) != std::string_view::npos) refuse(param, "{} is not valid UTF-8", param);
  }
}

void check_logprobs(const char* name, const std::optional<std::uint32_t>& count) {
  if (count && *count > kTopLogprobsMax) {
    refuse(name, "{} is {}, at most {} alternatives are reported", name, *count, kTopLogprobsMax);
  }
}

}  // namespace

void check_request(const GenerateRequest& request, const RequestBounds& bounds) {
  check_length(request, bounds.context);
  check_tokens(request, bounds.vocab_size);
  check_sampling_params(request.sampling, bounds.vocab_size);
  check_stops(request.stop);
  check_logprobs("logprobs", request.logprobs);
  check_logprobs("prompt_logprobs", request.prompt_logprobs);
}

}  // namespace rbee::engine
