#include "conversation.h"

#include <boost/json/value.hpp>

namespace rbee::keeper {
namespace {

boost::json::value message(const char* role, const std::string& content) {
  return {{"role", role}, {"content", content}};
}

}  // namespace

boost::json::array Conversation::with_question(const std::string& question) const {
  boost::json::array messages;
  if (!system_.empty()) messages.push_back(message("system", system_));
  for (const Turn& turn : turns_) {
    messages.push_back(message("user", turn.question));
    messages.push_back(message("assistant", turn.answer));
  }
  messages.push_back(message("user", question));
  return messages;
}

void Conversation::add(const std::string& question, const std::string& answer) {
  turns_.push_back({question, answer});
}

}  // namespace rbee::keeper
