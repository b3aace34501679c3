#pragma once
// What OpenAI's two completion routes share: https://platform.openai.com/docs/api-reference (fields and shapes as used
// by its own client libraries).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "wire/object_reader.h"
#include "wire/sampling_fields.h"

namespace rbee::wire {

/// The common part of both requests.
struct OpenAiFields {
  std::string model;  ///< which model the client wants; compared with the one that is served
  SamplingFields sampling;
  std::vector<std::string> stop;
  bool stream = false;
  bool include_usage = false;  ///< stream_options.include_usage; only with stream
  bool ignore_eos = false;
};

/// Reads the common fields, and refuses what no route supports (n above 1, service tiers, stored answers, …).
/// Throws Error{kBadRequest}.
OpenAiFields read_openai_fields(ObjectReader& reader);

struct Usage {
  std::uint32_t prompt_tokens = 0, completion_tokens = 0;
};
boost::json::object to_json(const Usage& usage);

/// One token with its log-probability, and the most likely tokens at its place. Token texts are raw bytes.
struct TextLogprob {
  std::string bytes;
  std::optional<double> logprob;  ///< nothing for the first token of a prompt
  std::vector<std::pair<std::string, double>> top;
};

/// What JSON can carry: impossible tokens (minus infinity) become -9999, as OpenAI reports them.
double json_logprob(double logprob);

/// "stop" or "length" for the reasons of execute_event.h.
std::string finish_reason(std::string_view stop_reason);

}  // namespace rbee::wire
