#pragma once
// POST /tokenize, /detokenize and /apply-template.

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "wire/prompt.h"

namespace rbee::wire {

/// {"content","add_special":true}
struct TokenizeRequest {
  std::string content;  ///< may be empty
  bool add_special = true;
};
/// {"tokens","skip_special":false}
struct DetokenizeRequest {
  TokenIds tokens;  ///< may be empty
  bool skip_special = false;
};
/// {"messages","tools","add_generation_prompt":true}; messages and tools go to the template as they are.
struct ApplyTemplateRequest {
  boost::json::value messages;  ///< 1 to 10,000 objects
  boost::json::value tools;     ///< array of objects, or null
  bool add_generation_prompt = true;
};

/// All three throw Error{kBadRequest}.
TokenizeRequest parse_tokenize_request(std::string_view body);
DetokenizeRequest parse_detokenize_request(std::string_view body);
ApplyTemplateRequest parse_apply_template_request(std::string_view body);

}  // namespace rbee::wire
