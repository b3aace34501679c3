#include "pool/worker_state.h"

#include <gtest/gtest.h>

#include "pool/device/cpu_device.h"
#include "pool/doctor.h"
#include "pool/memory_estimate.h"
#include "pool/worker_watch.h"

namespace rbee::pool {
namespace {

using namespace std::chrono_literals;

wire::WorkerRecord record() {
  wire::WorkerRecord record;
  record.worker_id = "worker-cpu-0";
  record.pid = 42;
  record.port = 8000;
  record.nonce = "n";
  return record;
}

WorkerSnapshot answering(std::uint64_t pid, const std::string& nonce, const std::string& state, bool ready) {
  WorkerSnapshot seen;
  seen.process_alive = true;
  seen.age = 100s;
  seen.health.emplace();
  seen.health->pid = pid;
  seen.health->nonce = nonce;
  seen.readiness.emplace();
  seen.readiness->state = state;
  seen.readiness->ready = ready;
  return seen;
}

TEST(WorkerStateTest, follows_what_the_worker_says) {
  EXPECT_EQ(worker_state(record(), answering(42, "n", "idle", true)).state, WorkerState::kReady);
  EXPECT_EQ(worker_state(record(), answering(42, "n", "busy", true)).state, WorkerState::kBusy);
  EXPECT_EQ(worker_state(record(), answering(42, "n", "loading", false)).state, WorkerState::kLoading);
  EXPECT_EQ(worker_state(record(), answering(42, "n", "draining", false)).state, WorkerState::kDraining);
}

TEST(WorkerStateTest, a_gone_process_is_dead_whoever_answers) {
  WorkerSnapshot seen = answering(42, "n", "idle", true);
  seen.process_alive = false;
  EXPECT_EQ(worker_state(record(), seen).state, WorkerState::kDead);
}

TEST(WorkerStateTest, a_stranger_on_the_port_is_never_the_worker) {
  EXPECT_EQ(worker_state(record(), answering(42, "other", "idle", true)).state, WorkerState::kUnreachable);
  EXPECT_EQ(worker_state(record(), answering(43, "n", "idle", true)).state, WorkerState::kUnreachable);
}

TEST(WorkerStateTest, silence_is_starting_at_first_and_unreachable_later) {
  WorkerSnapshot seen;
  seen.process_alive = true;
  seen.age = 1s;
  EXPECT_EQ(worker_state(record(), seen).state, WorkerState::kLoading);
  seen.age = 1000s;
  EXPECT_EQ(worker_state(record(), seen).state, WorkerState::kUnreachable);
}

TEST(WorkerOriginTest, is_an_address_that_answers_here) {
  wire::WorkerRecord worker = record();
  EXPECT_EQ(worker_origin(worker), "http://127.0.0.1:8000");
  worker.host = "0.0.0.0";
  EXPECT_EQ(worker_origin(worker), "http://127.0.0.1:8000");
  worker.host = "127.0.0.2";
  EXPECT_EQ(worker_origin(worker), "http://127.0.0.2:8000");
  worker.host = "::";
  EXPECT_EQ(worker_origin(worker), "http://[::1]:8000");
}

TEST(MemoryEstimateTest, is_weights_and_cache_and_overhead) {
  formats::ModelConfig config;
  config.layers = 22;
  config.kv_heads = 4;
  config.head_dim = 64;
  config.context_length = 2048;
  const MemoryEstimate estimate = estimate_memory(config, 2'200'000'000, 0);
  EXPECT_EQ(estimate.context, 2048u);
  EXPECT_EQ(estimate.kv, std::uint64_t{2} * 2 * 22 * 4 * 64 * 2048);
  EXPECT_EQ(estimate.total(), 2'200'000'000 + estimate.kv + 200'000'000);
  EXPECT_EQ(estimate_memory(config, 1, 100).context, 100u);
  EXPECT_EQ(estimate_memory(config, 1, 100, formats::DType::kQ8_0).kv, std::uint64_t{2} * 22 * 4 * (64 + 4) * 100);
  EXPECT_EQ(estimate_memory(config, 1, 100, formats::DType::kF32).kv, std::uint64_t{2} * 4 * 22 * 4 * 64 * 100);
  EXPECT_FALSE(does_not_fit(estimate, estimate.total()).has_value());
  EXPECT_FALSE(does_not_fit(estimate, 0).has_value());
  EXPECT_EQ(
      does_not_fit(estimate, 1'000'000'000).value(),
      "needs 2.4 GB (weights 2.2 GB, KV cache 46.1 MB for 2048 positions, overhead 200.0 MB), 1.0 GB of memory are "
      "available");
}

TEST(CpuinfoTest, name_features_and_cores_are_read) {
  const CpuDevice cpu = parse_cpuinfo(
      "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\nflags\t\t: fpu avx avx2 fma avx512f\n\nprocessor\t: 1\n"
      "model name\t: Some CPU @ 2GHz\nflags\t\t: fpu avx avx2 fma avx512f\n");
  EXPECT_EQ(cpu.model, "Some CPU @ 2GHz");
  EXPECT_EQ(cpu.logical_cores, 2u);
  EXPECT_EQ(cpu.features, (std::vector<std::string>{"avx", "fma", "avx2", "avx512f"}));
  EXPECT_EQ(parse_cpuinfo(":\n:x\nprocessor\n").logical_cores, 0u);
}

TEST(DoctorTest, problems_are_what_keeps_workers_from_starting) {
  DoctorFindings found;
  found.worker_reason = "no llm-worker-rbee";
  found.missing_models = {"a", "b"};
  found.cuda_reason = "no NVIDIA driver";
  std::vector<std::string> problems, hints;
  for (const DoctorCheck& check : diagnose(found)) {
    if (check.level == DoctorCheck::Level::kProblem) problems.push_back(check.name);
    if (check.level == DoctorCheck::Level::kHint) hints.push_back(check.name);
    if (check.level != DoctorCheck::Level::kGood) {
      EXPECT_FALSE(check.remedy.empty()) << check.name;
    }
  }
  EXPECT_EQ(problems, (std::vector<std::string>{"worker program", "model files"}));
  EXPECT_EQ(hints, (std::vector<std::string>{"disk", "memory", "models", "cuda", "ssh", "hf"}));
}

}  // namespace
}  // namespace rbee::pool
