#include "hive_runner.h"

#include <fcntl.h>

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

TestPool::TestPool(fs::path worker) : home_(fs::temp_directory_path() / ("rbee_pool_" + random_hex(6))) {
  fs::create_directories(home_);
  environment_ = {"PATH=/usr/bin:/bin", "RBEE_HOME=" + home_.string(), "RBEE_WORKER=" + worker.string(),
                  "HF_TOKEN=secret-token"};
}

TestPool::~TestPool() {
  run({"worker", "stop-all", "--timeout", "1"});
  fs::remove_all(home_);
}

HiveResult TestPool::run(std::vector<std::string> arguments) const {
  const fs::path out = home_ / ("out." + random_hex(4)), err = home_ / ("err." + random_hex(4));
  HiveResult result;
  {
    const FileDescriptor out_fd(::open(out.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const FileDescriptor err_fd(::open(err.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const ProcessIdentity hive =
        start_process({RBEE_HIVE_PROGRAM, std::move(arguments), environment_, -1, out_fd.get(), err_fd.get()});
    const ExitStatus status = wait_child(hive.pid);
    result.code = status.signal != 0 ? 128 + status.signal : status.code;
  }
  result.out = read_file(out, 64 << 20);
  result.err = read_file(err, 64 << 20);
  fs::remove(out);
  fs::remove(err);
  return result;
}

}  // namespace rbee::e2e
