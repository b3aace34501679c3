#pragma once
// A request to a worker, and how long a test waits for what must come.

#include <chrono>
#include <string>
#include <thread>

namespace rbee::e2e {

constexpr std::chrono::minutes kPatience{5};

/// The events of one greedy request for 64 tokens, also when the connection broke: then with the reason at the end.
std::string execute(const std::string& url);

/// The data of the events' tokens: what was answered, without the times.
std::string tokens_of(const std::string& events);

/// Whether the condition comes true in time.
template <typename Condition>
bool eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace rbee::e2e
