#pragma once
// Answers of /v1/chat/completions: "chat.completion", and "chat.completion.chunk" in a stream.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "wire/openai_fields.h"

namespace rbee::wire {

/// What both forms begin with.
struct ChatHead {
  std::string id;            ///< "chatcmpl-…"
  std::int64_t created = 0;  ///< Unix seconds
  std::string model;
};

struct ChatAnswer {
  ChatHead head;
  std::string content, finish_reason;
  std::optional<std::vector<TextLogprob>> logprobs;
  Usage usage;
};
boost::json::object to_json(const ChatAnswer& answer);

struct ChatChunk {
  ChatHead head;
  bool first = false;  ///< delta carries the role, and no text yet
  std::optional<std::string> content;
  std::optional<std::string> finish_reason;
  std::optional<std::vector<TextLogprob>> logprobs;
  std::optional<Usage> usage;  ///< a last chunk without choices
  bool usage_null = false;     ///< "usage": null, in chunks before the one that has it
};
boost::json::object to_json(const ChatChunk& chunk);

}  // namespace rbee::wire
