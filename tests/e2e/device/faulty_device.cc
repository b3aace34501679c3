#include "faulty_device.h"

#include <fcntl.h>
#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/object.hpp>

#include "asked_worker.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/random.h"
#include "base/units.h"
#include "hive_runner.h"

namespace rbee::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kModel = RBEE_TEST_DATA "/models/tiny-qwen2";

std::string first_port_of(const std::string& log) {
  const std::string mark = "listening on http://";
  const std::size_t at = log.find(mark);
  const std::size_t end = log.find('\n', at);
  return at == std::string::npos || end == std::string::npos ? "" : log.substr(at + 13, end - at - 13);
}

}  // namespace

StandIn::StandIn(const fs::path& library, const std::string& file)
    : folder_(fs::temp_directory_path() / ("rbee_stand_in_" + random_hex(6))),
      settings_(folder_ / (file + ".settings")) {
  fs::create_directories(folder_);
  fs::create_symlink(library, folder_ / file);
}

StandIn::~StandIn() {
  fs::remove_all(folder_);
}

void StandIn::set(const std::string& settings) const {
  write_file_atomically(settings_, settings);
}

WorkerEnd run_worker_to_its_end(const DeviceUnderTest& device, const std::vector<std::string>& more_arguments) {
  const fs::path log_path = fs::temp_directory_path() / ("rbee_device_" + random_hex(6) + ".log");
  const FileDescriptor log(::open(log_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  ProcessSpec spec;
  spec.program = RBEE_WORKER_PROGRAM;
  spec.arguments = {"--worker-id", "w", "--model", kModel, "--backend", device.backend, "--port", "0"};
  spec.arguments.insert(spec.arguments.end(), more_arguments.begin(), more_arguments.end());
  spec.environment = device.environment;
  spec.output = spec.errors = log.get();
  const ProcessIdentity process = start_process(spec);
  WorkerEnd end;
  const auto text = [&] { return read_file(log_path, 1_MiB); };
  std::optional<ExitStatus> status;
  const auto ended = [&] { return (status = poll_child(process.pid)).has_value(); };
  if (eventually([&] { return ended() || text().find("is ready\n") != std::string::npos; }) && !status) {
    execute(first_port_of(text()));
  }
  if (!status && !eventually(ended)) {
    ADD_FAILURE() << "the worker did not end: " << text();
    signal_process(process, SIGKILL);
    status = wait_child(process.pid);
  }
  end.status = *status;
  end.log = text();
  fs::remove(log_path);
  return end;
}

void expect_failure(const WorkerEnd& end, const std::vector<std::string>& words) {
  EXPECT_EQ(end.status.text(), "exit code 1") << end.log;
  const std::size_t line = end.log.rfind('\n', end.log.size() - 2);
  const std::string last = end.log.substr(line == std::string::npos ? 0 : line + 1);
  EXPECT_THAT(last, HasSubstr(" error "));
  for (const std::string& word : words) EXPECT_THAT(last, HasSubstr(word));
}

void expect_hive_tells_of_lost_device(const DeviceUnderTest& device, const std::vector<std::string>& words) {
  TestPool pool(RBEE_WORKER_PROGRAM);
  for (const std::string& variable : device.environment) pool.set(variable);
  ASSERT_EQ(pool.run({"models", "import", kModel, "--id", "tiny"}).code, 0);
  const auto spawn = [&](const std::string& backend) {
    const HiveResult spawned = pool.run({"worker", "spawn", backend, "--model", "tiny", "--port", "0", "--json"});
    EXPECT_EQ(spawned.code, 0) << spawned.err;
    return spawned.code == 0 ? std::string(spawned.json().at("url").as_string()) : std::string();
  };
  const std::string other = spawn("cpu"), url = spawn(device.backend);
  ASSERT_FALSE(other.empty() || url.empty());
  const std::string id = "worker-" + device.backend + "-0";
  const auto listed = [&](std::string_view field) {
    const boost::json::value worker = pool.worker(id);
    return worker.is_null() ? std::string() : std::string(worker.at(field).as_string());
  };
  EXPECT_EQ(listed("state"), "ready");

  const std::string answer = execute(url);
  EXPECT_THAT(answer, HasSubstr("event: error"));
  EXPECT_TRUE(eventually([&] { return listed("state") == "dead"; })) << pool.run({"worker", "logs", id}).out;
  const std::string reason = listed("reason"),
                    record = read_file(pool.home() / "runtime/workers" / (id + ".json"), 1_MiB);
  const std::string log = pool.run({"worker", "logs", id}).out, table = pool.run({"worker", "list"}).out;
  for (const std::string& word : words) {
    for (const std::string& text : {answer, reason, record, log, table}) EXPECT_THAT(text, HasSubstr(word));
  }
  EXPECT_THAT(execute(other), HasSubstr("event: end"));
}

}  // namespace rbee::e2e
