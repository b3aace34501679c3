#pragma once
// Runs rbee-hive as a person would, in a pool of its own.

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/process_info.h"

namespace rbee::e2e {

struct HiveResult {
  int code = -1;
  std::string out, err;

  /// `out` as one JSON document.
  boost::json::value json() const;
};

/// A command that runs.
struct RunningHive {
  ProcessIdentity process;
  std::filesystem::path out, err;  ///< what it wrote so far
};

/// A pool in a temporary folder; everything in it goes with the object, its workers first.
class TestPool {
 public:
  /// `worker`: the worker program.
  explicit TestPool(std::filesystem::path worker);
  ~TestPool();
  TestPool(const TestPool&) = delete;
  TestPool& operator=(const TestPool&) = delete;

  HiveResult run(std::vector<std::string> arguments) const { return finish(start(std::move(arguments))); }
  RunningHive start(std::vector<std::string> arguments) const;
  /// Waits for its end.
  HiveResult finish(const RunningHive& running) const;
  /// The worker as `worker list --json` has it; null when it does not.
  boost::json::value worker(const std::string& id) const;
  const std::filesystem::path& home() const { return home_; }
  /// More of the environment: "NAME=value".
  void set(const std::string& variable) { environment_.push_back(variable); }

 private:
  std::filesystem::path home_;
  std::vector<std::string> environment_;
};

}  // namespace rbee::e2e
