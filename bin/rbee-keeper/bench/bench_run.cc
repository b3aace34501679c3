#include "bench/bench_run.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/random.h"
#include "keeper.h"
#include "test/corpus.h"
#include "test/limits.h"
#include "test/pool_client.h"
#include "test/worker_client.h"
#include "test/worker_lease.h"

namespace rbee::keeper {

namespace json = boost::json;

namespace {

double number_at(const json::value& object, std::string_view name) {
  const json::value* value = object.is_object() ? object.as_object().if_contains(name) : nullptr;
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

// The model under its id; what was made for the bench goes with the object.
class BenchModel {
 public:
  BenchModel(PoolClient& pool, const BenchPlan& plan, const BenchWorld& world) : pool_(pool), id_(plan.model) {
    if (!plan.shape.empty()) {
      world.says(fmt::format("making {}'s shape", plan.shape));
      id_ = plan.shape + "-bench-" + random_hex(4);
      undo_ = {"models", "delete", id_};
      std::vector<std::string> synth = {"models", "synth", plan.shape, "--hollow", "--id", id_};
      if (plan.layers > 0) synth.insert(synth.end(), {"--layers", std::to_string(plan.layers)});
      make(std::move(synth));
    } else if (plan.model.find('/') != std::string::npos || plan.model.ends_with(".gguf")) {
      world.says("importing " + plan.model);
      id_ = "bench-" + random_hex(4);
      undo_ = {"models", "unregister", id_};
      make({"models", "import", plan.model, "--id", id_});
    }
  }
  ~BenchModel() { undo(); }
  BenchModel(const BenchModel&) = delete;
  BenchModel& operator=(const BenchModel&) = delete;

  const std::string& id() const { return id_; }

 private:
  void make(std::vector<std::string> command) {
    try {
      pool_.ask(std::move(command), kHiveLoad);
    } catch (const std::exception&) {
      undo();
      throw;
    }
  }
  // What stays behind is the pool's to show: there is nobody left to tell.
  void undo() noexcept {
    if (undo_.empty()) return;
    try {
      pool_.ask(std::exchange(undo_, {}), kHiveLoad);
    } catch (const std::exception&) {
    }
  }

  PoolClient& pool_;
  std::string id_;
  std::vector<std::string> undo_;
};

// `count` ids of ordinary text; another `shift` gives another text, so that no cache of prompts helps.
wire::TokenIds some_ids(const wire::TokenIds& text, std::uint32_t count, std::size_t shift) {
  wire::TokenIds ids(std::max(count, 1U));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = text[(i + shift * 7) % text.size()];
  return ids;
}

Answer ask(WorkerClient& worker, wire::TokenIds ids, std::uint32_t max_tokens) {
  wire::ExecuteRequest request;
  request.prompt = std::move(ids);
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0;
  request.ignore_eos = true;
  Answer answer = worker.execute(request);
  if (!answer.problem.empty()) fail(ErrorKind::kIo, "the worker failed while it was measured: {}", answer.problem);
  return answer;
}

// The first of the tokens belongs to the prompt's step: `generate` more are timed.
double generation_rate(WorkerClient& worker, wire::TokenIds ids, std::uint32_t generate) {
  const Answer answer = ask(worker, std::move(ids), generate + 1);
  return generate / std::max(answer.decode_ms * 1e-3, 1e-9);
}

// All streams together. Each on a thread of its own; the first failure is thrown.
double streams_rate(const WorkerAddress& address, const BenchWorld& world, const std::vector<wire::TokenIds>& prompts,
                    std::uint32_t generate) {
  std::vector<double> rates(prompts.size());
  std::vector<std::exception_ptr> failures(prompts.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        WorkerClient worker(address, world.clock, world.stop);
        rates[i] = generation_rate(worker, prompts[i], generate);
      } catch (const std::exception&) {
        failures[i] = std::current_exception();  // for the thread that asked
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return sum;
}

// Before and after the rest; the best of both counts: on a shared machine either may be disturbed.
void measure_peaks(PoolClient& pool, const BenchPlan& plan, const BenchWorld& world, BenchResult& result) {
  if (!plan.peaks || plan.backend != "cpu") return;
  world.says("measuring what the machine can do at most");
  const json::value peaks = pool.ask(
      {"peaks", "--threads", std::to_string(plan.threads), "--mib", std::to_string(plan.peaks_mib)}, kHiveQuick);
  result.read_gb_s = std::max(result.read_gb_s, number_at(peaks, "read_gb_s"));
  result.float_gops = std::max(result.float_gops, number_at(peaks, "float_gops"));
  result.bf16_gops = std::max(result.bf16_gops, number_at(peaks, "bf16_gops"));
  result.int8_gops = std::max(result.int8_gops, number_at(peaks, "int8_gops"));
}

// What a type of the KV cache takes, where one of 16 bits takes 1; q8_0 has a scale beside 32 values.
double bytes_of_16_bits(std::string_view kv) {
  return kv == "f32" ? 2 : kv == "q8_0" ? 34.0 / 64 : 1;
}

// Limits from the peaks: the weights are read once per step, and multiplied once per token of a prompt.
class Limits {
 public:
  Limits(const BenchResult& peaks, const json::value& work, std::string_view kv)
      : read_bytes_(number_at(work, "read_bytes")),
        kv_bytes_(number_at(work, "kv_bytes_per_position") * bytes_of_16_bits(kv)),
        operations_(2 * number_at(work, "prompt_parameters")),
        read_rate_(peaks.read_gb_s * 1e9) {
    const bool float_weights = peaks.dtype.starts_with('F') || peaks.dtype.starts_with('B');
    const double bf16 = peaks.dtype == "BF16" ? peaks.bf16_gops : 0;
    arithmetic_rate_ = (float_weights ? std::max(bf16, peaks.float_gops) : peaks.int8_gops) * 1e9;
  }

  /// 0 where it is not known.
  double prompt_ts() const { return operations_ > 0 ? arithmetic_rate_ / operations_ : 0; }
  double generation_ts(std::uint32_t depth, std::uint32_t streams) const {
    const double bytes = read_bytes_ + kv_bytes_ * depth * streams;
    return bytes > 0 ? streams * read_rate_ / bytes : 0;
  }

 private:
  double read_bytes_, kv_bytes_, operations_, read_rate_, arithmetic_rate_ = 0;
};

std::vector<BenchTest> tests_of(const BenchPlan& plan) {
  std::vector<BenchTest> tests;
  if (plan.prompt > 0) tests.push_back({.n_prompt = plan.prompt});
  if (plan.generate == 0) return tests;
  tests.push_back({.n_gen = plan.generate});
  for (const std::uint32_t depth : plan.depths) {
    if (depth > 0) tests.push_back({.n_gen = plan.generate, .n_depth = depth});
  }
  for (const std::uint32_t streams : plan.streams) {
    if (streams > 1) tests.push_back({.n_gen = plan.generate, .n_streams = streams});
  }
  return tests;
}

std::vector<std::string> worker_flags(const BenchPlan& plan) {
  const std::uint32_t depth = plan.depths.empty() ? 0 : *std::max_element(plan.depths.begin(), plan.depths.end());
  const std::uint32_t positions = std::max(plan.prompt, std::max(depth, 1U) + plan.generate) + 2;
  std::vector<std::string> flags = {"--context", std::to_string(positions), "--draft-max",
                                    std::to_string(plan.draft_max)};
  if (plan.threads > 0) flags.insert(flags.end(), {"--threads", std::to_string(plan.threads)});
  if (!plan.weights.empty()) flags.insert(flags.end(), {"--weights", plan.weights});
  if (!plan.kv.empty()) flags.insert(flags.end(), {"--kv", plan.kv});
  if (!plan.cpu_isa.empty()) flags.insert(flags.end(), {"--cpu-isa", plan.cpu_isa});
  return flags;
}

void measure(WorkerClient& worker, const BenchPlan& plan, const BenchWorld& world, BenchTest& test) {
  const wire::TokenIds text = worker.tokenize(std::string(scored_text()), true);
  if (text.empty()) fail(ErrorKind::kUnsupported, "the model's tokenizer gives no tokens for ordinary text");
  for (std::uint32_t round = 0; round < plan.rounds; ++round) {
    world.says(fmt::format("{}, round {} of {}", test.name(), round + 1, plan.rounds));
    if (test.n_gen == 0) {
      const Answer answer = ask(worker, some_ids(text, test.n_prompt, round), 1);
      test.samples_ts.push_back(test.n_prompt / std::max(answer.prefill_ms * 1e-3, 1e-9));
    } else if (test.n_streams == 1) {
      test.samples_ts.push_back(generation_rate(worker, some_ids(text, test.n_depth, round), test.n_gen));
    } else {
      std::vector<wire::TokenIds> prompts;
      for (std::uint32_t i = 0; i < test.n_streams; ++i) prompts.push_back(some_ids(text, 1, round + i));
      test.samples_ts.push_back(streams_rate(worker.address(), world, prompts, test.n_gen));
    }
  }
}

// With a worker of its own, which is gone afterwards.
void measure_speeds(PoolClient& pool, const std::string& model_id, const BenchPlan& plan, const BenchWorld& world,
                    BenchResult& result) {
  world.says("starting a worker");
  const WorkerLease lease(pool, plan.backend, model_id, worker_flags(plan));
  WorkerClient worker({lease.origin(), plan.api_key}, world.clock, world.stop);
  const wire::WorkerHealth health = worker.health();
  result.device = health.device;
  result.dtype = health.dtype;
  result.vram_bytes = health.vram_bytes;
  result.start_seconds = lease.worker().start_seconds;
  ask(worker, {0}, 2);  // awake
  result.tests = tests_of(plan);
  for (BenchTest& test : result.tests) measure(worker, plan, world, test);
  result.rss_peak_bytes = worker.health().rss_peak_bytes;
}

}  // namespace

BenchResult run_bench(PoolSession& session, const BenchPlan& plan, const BenchWorld& world) {
  PoolClient pool(session);
  BenchResult result;
  result.pool = pool.name();
  result.backend = plan.backend;
  result.threads = plan.threads;
  result.rbee_version = version();
  const BenchModel model(pool, plan, world);
  result.model = plan.shape.empty() ? plan.model : plan.shape + " (random weights)";
  std::vector<std::string> ask_info = {"models", "info", model.id()};
  if (!plan.weights.empty()) ask_info.insert(ask_info.end(), {"--weights", plan.weights});
  const json::value info = pool.ask(std::move(ask_info), kHiveQuick);
  measure_peaks(pool, plan, world, result);
  measure_speeds(pool, model.id(), plan, world, result);
  measure_peaks(pool, plan, world, result);
  const json::value* const work = info.as_object().if_contains("work_per_token");
  const Limits limits(result, work != nullptr ? *work : json::value(), plan.kv);
  for (BenchTest& test : result.tests) {
    test.limit_ts = test.n_gen == 0 ? limits.prompt_ts() : limits.generation_ts(test.n_depth, test.n_streams);
  }
  return result;
}

}  // namespace rbee::keeper
