#pragma once
// POST /execute.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "wire/prompt.h"
#include "wire/sampling_fields.h"

namespace rbee::wire {

/// {"job_id","prompt"|"messages","max_tokens","temperature","seed","top_p","top_k","min_p","repetition_penalty",
///  "presence_penalty","frequency_penalty","logit_bias","stop","ignore_eos"}
struct ExecuteRequest {
  std::string job_id;            ///< empty when absent: the worker makes one
  std::optional<Prompt> prompt;  ///< exactly one of prompt and messages
  std::optional<boost::json::value> messages;
  std::optional<std::uint32_t> max_tokens;  ///< at least 1; absent: what the worker's README says
  SamplingFields sampling;
  std::vector<std::string> stop;
  bool ignore_eos = false;  ///< go on after an end token (measurements)
};

/// Throws Error{kBadRequest}, with param set for every field.
ExecuteRequest parse_execute_request(std::string_view body);
boost::json::object to_json(const ExecuteRequest& request);

/// Whether `id` may name a job: 1 to 128 of A-Z a-z 0-9 . _ : -
bool is_job_id(std::string_view id);

/// POST /cancel {"job_id"}. Throws Error{kBadRequest}.
std::string parse_cancel_request(std::string_view body);

}  // namespace rbee::wire
