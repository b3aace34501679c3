#include "hive_runner.h"

#include <fcntl.h>

#include <boost/json/array.hpp>

#include "base/child_process.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/random.h"

namespace rbee::e2e {

namespace fs = std::filesystem;

boost::json::value HiveResult::json() const {
  return parse_json(out, "standard output");
}

TestPool::TestPool(fs::path worker) : home_(fs::temp_directory_path() / ("rbee_pool_" + random_hex(6)) / "home") {
  fs::create_directories(home_);
  environment_ = {"PATH=/usr/bin:/bin", "RBEE_HOME=" + home_.string(), "RBEE_WORKER=" + worker.string(),
                  "HF_TOKEN=secret-token"};
}

TestPool::~TestPool() {
  run({"worker", "stop-all", "--timeout", "1"});
  fs::remove_all(home_.parent_path());
}

boost::json::value TestPool::worker(const std::string& id) const {
  const boost::json::value list = run({"worker", "list", "--json"}).json();
  for (const boost::json::value& worker : list.at("workers").as_array()) {
    if (worker.at("worker_id").as_string() == id) return worker;
  }
  return nullptr;
}

RunningHive TestPool::start(std::vector<std::string> arguments) const {
  RunningHive running{{}, home_ / ("out." + random_hex(4)), home_ / ("err." + random_hex(4))};
  const FileDescriptor out(::open(running.out.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const FileDescriptor err(::open(running.err.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  running.process = start_process({RBEE_HIVE_PROGRAM, std::move(arguments), environment_, -1, out.get(), err.get()});
  return running;
}

HiveResult TestPool::finish(const RunningHive& running) const {
  const ExitStatus status = wait_child(running.process.pid);
  HiveResult result{status.signal != 0 ? 128 + status.signal : status.code, read_file(running.out, 64 << 20),
                    read_file(running.err, 64 << 20)};
  fs::remove(running.out);
  fs::remove(running.err);
  return result;
}

}  // namespace rbee::e2e
