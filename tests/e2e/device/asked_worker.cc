#include "asked_worker.h"

#include <sstream>
#include <string_view>

#include "base/error.h"
#include "net/client/http_client.h"

namespace rbee::e2e {
namespace {

constexpr const char* kRequest = R"({"job_id":"j","prompt":"a b c","max_tokens":64,"temperature":0,"ignore_eos":true})";

}  // namespace

std::string execute(const std::string& url) {
  net::HttpClient client;
  std::string text;
  try {
    client.send({.method = "POST",
                 .url = url + "/execute",
                 .headers = {{"Content-Type", "application/json"}},
                 .body = kRequest,
                 .total_timeout = kPatience},
                {.on_head = {},
                 .on_body =
                     [&](std::string_view piece) {
                       text += piece;
                       return net::Flow::kContinue;
                     },
                 .on_wait = {}});
  } catch (const Error& error) {
    text += error.what();
  }
  return text;
}

std::string tokens_of(const std::string& events) {
  std::istringstream lines(events);
  std::string line, tokens;
  while (std::getline(lines, line)) {
    if (line == "event: token" && std::getline(lines, line)) tokens += line + "\n";
  }
  return tokens;
}

}  // namespace rbee::e2e
