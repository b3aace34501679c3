#pragma once
// What was said in a chat, as the next request carries it.

#include <string>
#include <vector>

#include <boost/json/array.hpp>

namespace rbee::keeper {

/// Messages in the order in which they were said.
class Conversation {
 public:
  /// `system` comes first in every request; empty: there is none.
  explicit Conversation(std::string system) : system_(std::move(system)) {}

  /// The messages with one more of the user.
  boost::json::array with_question(const std::string& question) const;
  /// Keeps a question with its answer; an answer that was cut short is kept as far as it came.
  void add(const std::string& question, const std::string& answer);
  void reset() { turns_.clear(); }
  bool empty() const { return turns_.empty(); }

 private:
  struct Turn {
    std::string question, answer;
  };
  const std::string system_;
  std::vector<Turn> turns_;
};

}  // namespace rbee::keeper
