#include "pool/worker_end.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "pool/worker_records.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLog =
    "2026-11-23T05:00:00.000+00:00 info listening on http://127.0.0.1:8000\n"
    "2026-11-23T05:00:01.000+00:00 error the device fell off the bus\n"
    "2026-11-23T05:00:02.000+00:00 info an error that is none\n";

class WorkerEndTest : public testing::Test {
 protected:
  WorkerEndTest() : paths_{.home = home_, .runtime = home_ / "runtime"} { fs::create_directories(paths_.workers()); }
  ~WorkerEndTest() override { fs::remove_all(home_); }

  void write_log(std::string_view text) const { write_file_atomically(paths_.worker_log("w"), text); }
  WorkerSighting dead_worker() const {
    WorkerSighting worker;
    worker.record.worker_id = "w";
    worker.record.pid = 42;
    worker.record.boot_id = "b";
    worker.record.port = 8000;
    worker.verdict = {WorkerState::kDead, "process 42 is gone"};
    return worker;
  }

  const fs::path home_ = fs::path(testing::TempDir()) / ("rbee_worker_end_" + random_hex(6));
  const PoolPaths paths_;
  const SystemClock clock_;
  const Environment environment_;
  const WorkerWorld world_{paths_, environment_, clock_, {}, "1"};
  const WorkerRecords records_{paths_.workers()};
};

TEST_F(WorkerEndTest, the_last_error_of_the_log_is_the_reason_and_stays_in_the_record) {
  write_log(kLog);
  WorkerSighting worker = dead_worker();
  records_.write(worker.record);
  explain_end(worker, world_);
  EXPECT_EQ(worker.verdict.reason, "process 42 is gone; its last error: the device fell off the bus");
  fs::remove(paths_.worker_log("w"));
  EXPECT_EQ(records_.find("w")->end_reason, "the device fell off the bus");
  WorkerSighting again = dead_worker();
  again.record = *records_.find("w");
  explain_end(again, world_);
  EXPECT_EQ(again.verdict.reason, worker.verdict.reason);
}

TEST_F(WorkerEndTest, a_worker_of_the_same_id_that_came_later_keeps_its_record) {
  write_log(kLog);
  WorkerSighting worker = dead_worker();
  wire::WorkerRecord newer = worker.record;
  newer.pid = 43;
  records_.write(newer);
  explain_end(worker, world_);
  EXPECT_EQ(records_.find("w")->pid, 43);
  EXPECT_EQ(records_.find("w")->end_reason, "");
}

TEST_F(WorkerEndTest, a_log_without_errors_and_a_worker_that_lives_get_no_reason) {
  WorkerSighting worker = dead_worker();
  explain_end(worker, world_);  // no log at all
  EXPECT_EQ(worker.verdict.reason, "process 42 is gone");
  write_log("2026-11-23T05:00:02.000+00:00 info an error that is none\nwords error too few\n\n error \n");
  EXPECT_EQ(last_error_of(paths_.worker_log("w")), "too few");  // no time is asked of the first word
  write_log(kLog);
  worker = dead_worker();
  worker.verdict = {WorkerState::kReady, ""};
  explain_end(worker, world_);
  EXPECT_EQ(worker.verdict.reason, "");
}

}  // namespace
}  // namespace rbee::pool
