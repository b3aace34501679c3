#pragma once
// A pool that answers from a script, for tests of the runner.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pool_session.h"

namespace rbee::keeper {

/// Answers by the command's first words; what nothing was set for fails. Any thread.
class FakePool final : public PoolSession {
 public:
  explicit FakePool(std::string name) : name_(std::move(name)) {}

  /// `words` as "models verify"; the longest that fits wins.
  void answer(const std::string& words, HiveOutcome outcome) { outcomes_[words] = std::move(outcome); }
  /// As rbee-hive reports a failure with --json.
  void refuse(const std::string& words, const std::string& code, const std::string& message) {
    answer(words, {1, R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})", ""});
  }
  /// How often a command with these first words was run.
  std::size_t count(const std::string& words) const {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    for (const std::string& command : commands_) n += command.starts_with(words) ? 1 : 0;
    return n;
  }

  const std::string& name() const override { return name_; }

  HiveOutcome hive(const std::vector<std::string>& arguments, std::chrono::seconds) override {
    std::string command;
    for (const std::string& argument : arguments) command += (command.empty() ? "" : " ") + argument;
    const std::lock_guard lock(mutex_);
    commands_.push_back(command);
    const HiveOutcome* best = nullptr;
    std::size_t length = 0;
    for (const auto& [words, outcome] : outcomes_) {
      if (command.starts_with(words) && words.size() >= length) {
        best = &outcome;
        length = words.size();
      }
    }
    return best != nullptr ? *best : HiveOutcome{1, "", "no such command: " + command};
  }

  std::string worker_origin(const std::string& host, std::uint16_t port) override {
    return "http://" + host + ":" + std::to_string(port);
  }

 private:
  const std::string name_;
  std::map<std::string, HiveOutcome> outcomes_;
  mutable std::mutex mutex_;
  std::vector<std::string> commands_;  // guarded by mutex_
};

}  // namespace rbee::keeper
