#include "full_device.h"

#include <atomic>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/value.hpp>

#include "asked_worker.h"
#include "base/file.h"
#include "base/joined_threads.h"
#include "base/units.h"
#include "hive_runner.h"

namespace rbee::e2e {
namespace {

using testing::Each;
using testing::HasSubstr;

/// Asks the same again and again, so that a request is in flight as long as it lives.
class Asking {
 public:
  explicit Asking(const std::string& url) {
    thread_.start([this, url] {
      do answers_.push_back(tokens_of(execute(url)));
      while (!is_over_);
    });
  }
  ~Asking() { is_over_ = true; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  /// All that was answered.
  const std::vector<std::string>& finish() {
    is_over_ = true;
    thread_.join();
    return answers_;
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::vector<std::string> answers_;  // the thread's until finish()
  JoinedThreads thread_;
};

HiveResult spawn(const TestPool& pool, const DeviceUnderTest& device, const std::string& model, const std::string& id,
                 const std::vector<std::string>& more = {}) {
  std::vector<std::string> command = {"worker", "spawn", device.backend, "--model", model,   "--id", id,
                                      "--port", "0",     "--context",    "128",     "--json"};
  command.insert(command.end(), more.begin(), more.end());
  return pool.run(command);
}

std::uint64_t number_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + mark.size(), nullptr, 10);
}

/// "the model needs 7185600 bytes of memory (…); 6000000 of 6000000 are available"
void expect_need_beyond_what_is_there(const std::string& reason) {
  const std::size_t at = reason.find("the model needs ");
  ASSERT_NE(at, std::string::npos) << reason;
  const std::string sizes = reason.substr(at, reason.find('\n', at) - at);
  const std::uint64_t needed = number_after(sizes, "the model needs "), there = number_after(sizes, "; ");
  EXPECT_GT(needed, there) << sizes;
  EXPECT_GT(there, kFullDeviceBytes / 2) << sizes;
  EXPECT_LE(there, kFullDeviceBytes) << sizes;
  EXPECT_THAT(sizes, HasSubstr(" are available"));
}

void expect_record_of_failure(const TestPool& pool, const DeviceUnderTest& device) {
  const HiveResult started = spawn(pool, device, "large", "late", {"--no-wait"});
  ASSERT_EQ(started.code, 0) << started.err;
  EXPECT_TRUE(eventually([&] { return pool.worker("late").at("state").as_string() == "dead"; }));
  expect_need_beyond_what_is_there(std::string(pool.worker("late").at("reason").as_string()));
  expect_need_beyond_what_is_there(read_file(pool.home() / "runtime/workers/late.json", 1_MiB));
  const boost::json::value record = started.json();
  EXPECT_FALSE(is_alive({.pid = record.at("pid").to_number<int>(),
                         .start_time = record.at("pid_start_time").to_number<std::uint64_t>(),
                         .boot_id = std::string(record.at("boot_id").as_string())}));
}

/// What the spawn says, in both of its forms; the worker's end was seen by who had started it.
std::string expect_failed_spawn(const TestPool& pool, const DeviceUnderTest& device, const std::string& model) {
  const HiveResult spawned = spawn(pool, device, model, "late");
  EXPECT_EQ(spawned.code, 1) << spawned.out << spawned.err;
  EXPECT_THAT(spawned.err, HasSubstr("worker late ended with exit code 1"));
  if (spawned.code == 1) {
    EXPECT_THAT(std::string(spawned.json().at("error").at("message").as_string()), HasSubstr("ended with exit code 1"));
  }
  EXPECT_TRUE(pool.worker("late").is_null());
  return spawned.err;
}

}  // namespace

void expect_full_device_leaves_others_alone(const DeviceUnderTest& device, const StandIn& driver,
                                            const std::string& less_memory, const std::vector<std::string>& words) {
  TestPool pool(RBEE_WORKER_PROGRAM);
  for (const std::string& variable : device.environment) pool.set(variable);
  ASSERT_EQ(pool.run({"models", "import", RBEE_TEST_DATA "/models/tiny-qwen2", "--id", "tiny"}).code, 0);
  ASSERT_EQ(pool.run({"models", "import", RBEE_SOURCE_DIR "/models/demo-qwen", "--id", "large"}).code, 0);
  const HiveResult spawned = spawn(pool, device, "tiny", "serving");
  ASSERT_EQ(spawned.code, 0) << spawned.err;
  const boost::json::value serving = spawned.json();
  const std::string url(serving.at("url").as_string()), answer = tokens_of(execute(url));
  ASSERT_THAT(answer, HasSubstr("\"token\""));

  Asking asking(url);
  expect_record_of_failure(pool, device);
  expect_need_beyond_what_is_there(expect_failed_spawn(pool, device, "large"));
  driver.set(less_memory);
  const std::string refusal = expect_failed_spawn(pool, device, "tiny");
  for (const std::string& word : words) EXPECT_THAT(refusal, HasSubstr(word));
  EXPECT_THAT(asking.finish(), Each(answer));

  const boost::json::value now = pool.worker("serving");
  EXPECT_EQ(now.at("pid"), serving.at("pid"));
  EXPECT_EQ(now.at("pid_start_time"), serving.at("pid_start_time"));
  EXPECT_EQ(now.at("state").as_string(), "ready") << now.at("reason");
  EXPECT_EQ(tokens_of(execute(url)), answer);
  EXPECT_EQ(pool.run({"worker", "list", "--json"}).json().at("workers").as_array().size(), 1U);
  EXPECT_EQ(pool.run({"worker", "stop", "serving", "--json"}).json().at("outcome").as_string(), "stopped");
}

}  // namespace rbee::e2e
