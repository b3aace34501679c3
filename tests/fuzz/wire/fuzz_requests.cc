// Every request parser: an input is a request or an Error{kBadRequest}, never anything else.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "wire/chat_request.h"
#include "wire/completion_request.h"
#include "wire/execute_event.h"
#include "wire/execute_request.h"
#include "wire/text_request.h"
#include "wire/worker_status.h"

namespace {

template <typename Parse>
void try_parse(const Parse& parse, std::string_view body) {
  try {
    parse(body);
  } catch (const rbee::Error& error) {
    if (error.kind() != rbee::ErrorKind::kBadRequest) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rbee::wire;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try_parse([](std::string_view text) { to_json(parse_execute_request(text)); }, body);
  try_parse(parse_cancel_request, body);
  try_parse(parse_completion_request, body);
  try_parse(parse_chat_request, body);
  try_parse(parse_tokenize_request, body);
  try_parse(parse_detokenize_request, body);
  try_parse(parse_apply_template_request, body);
  try_parse([](std::string_view text) { to_json(parse_execute_event(text)); }, body);
  try_parse(parse_worker_health, body);
  try_parse(parse_worker_readiness, body);
  return 0;
}
