#pragma once
// What every backend must do when its device fails: shown with the real worker, its module and a stand-in for the
// driver, or a layer before it, that fails where a file says so.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/child_process.h"

namespace rbee::e2e {

/// A folder with a stand-in under a name of its own and its settings, for the worker's environment to lead to.
class StandIn {
 public:
  /// `file`: the name that the library gets there.
  StandIn(const std::filesystem::path& library, const std::string& file);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  /// "name number" per line, for processes that start from now on.
  void set(const std::string& settings) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_, settings_;
};

/// How the worker is run: its backend, what it sees of the environment ("NAME=value").
struct DeviceUnderTest {
  std::string backend;
  std::vector<std::string> environment;
};

struct WorkerEnd {
  ExitStatus status;
  std::string log;
};

/// A worker with the smallest model on the device, which ends by itself: while it loads or, when it gets ready, after
/// one request. Killed after a minute without an end.
WorkerEnd run_worker_to_its_end(const DeviceUnderTest& device, const std::vector<std::string>& more_arguments = {});

/// Expects exit code 1 and that the log's last line is an error with all of these words.
void expect_failure(const WorkerEnd& end, const std::vector<std::string>& words);

/// A worker on the device and one on the processor, both of one pool. One request loses the device, which happens
/// because of what was set before: it gets an error event with `words`, its worker goes, `worker list`, `worker logs`
/// and the record tell why, and the other worker answers on.
void expect_hive_tells_of_lost_device(const DeviceUnderTest& device, const std::vector<std::string>& words);

}  // namespace rbee::e2e
