#include "test/cell_run.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "test/limits.h"
#include "test/worker_checks.h"
#include "test/worker_lease.h"

namespace rbee::keeper {

namespace f = matrix::figure;
using matrix::CellRecord;
using matrix::CellState;
using matrix::Check;
using matrix::CheckRecord;
using matrix::Depth;

namespace {

/// The checks of one cell, in the order of their cost.
class CellRun {
 public:
  CellRun(PoolClient& pool, const PreparedModel& model, const std::string& backend, const TestWorld& world,
          const std::function<void(std::string_view)>& step)
      : pool_(pool), model_(model), world_(world), step_(step) {
    record_.key = {pool.name(), backend, model.id};
    record_.facts = model.facts;
    record_.started_at = timestamp(world.clock.wall_now());
  }

  CellRecord run() {
    const SteadyTime begun = world_.clock.now();
    try {
      step_("Waiting for worker to start...");
      std::optional<WorkerLease> lease;
      try {
        lease.emplace(pool_, record_.key.backend, model_.id);
      } catch (const Error& error) {
        if (!world_.stop) obstacle(spawn_obstacle(error.what()));
      }
      if (lease && !world_.stop) test(*lease);
    } catch (const std::exception& error) {
      obstacle({CellState::kFail, error.what()});
    }
    if (world_.stop) record_.obstacles = {{CellState::kNotRun, "interrupted"}};
    record_.seconds = std::chrono::duration<double>(world_.clock.now() - begun).count();
    record_.verdict = matrix::verdict(record_.checks, record_.obstacles, world_.plan.depth);
    return std::move(record_);
  }

 private:
  void test(WorkerLease& lease) {
    WorkerClient client({lease.origin(), world_.plan.api_key}, world_.clock, world_.stop);
    try {
      check_load(lease, client);
      step_("Testing inference...");
      ask(lease, client);
    } catch (const std::exception& error) {
      if (!world_.stop) broke_off(lease, client, error.what());
    }
    stop(lease, client);
    if (world_.plan.depth == Depth::kFull && !world_.stop && record_.obstacles.empty()) compare_with_fresh();
  }

  void add(CheckRecord record) { record_.checks.push_back(std::move(record)); }
  void obstacle(matrix::Obstacle obstacle) { record_.obstacles.push_back(std::move(obstacle)); }

  // A check that the worker refused or did not survive.
  void broke_off(WorkerLease& lease, WorkerClient& client, const std::string& what) {
    std::string reason = what;
    try {
      client.health();
    } catch (const std::exception&) {
      reason = fmt::format("the worker died during '{}': {}", matrix::check_title(current_), what);
      lease_died_ = true;
    }
    obstacle({CellState::kFail, reason});
    record_.log = lease.log();
  }

  void stop(WorkerLease& lease, WorkerClient& client) {
    try {
      CheckRecord record = lease.stop(client);
      if (lease_died_) record = matrix::not_made(Check::kStop, "it had died before");
      add(std::move(record));
    } catch (const Error& error) {
      obstacle({CellState::kFail, fmt::format("it could not be stopped: {}", error.what())});
    }
  }

  void check_load(const WorkerLease& lease, WorkerClient& client) {
    current_ = Check::kLoad;
    CheckRecord record = matrix::made(Check::kLoad);
    const wire::WorkerHealth health = client.health();
    record.note = printable(health.device);
    record.set(f::kReadySeconds, lease.worker().start_seconds);
    record.set(f::kOtherBackend, health.backend == record_.key.backend ? 0 : 1);
    record.set(f::kContext, health.context);
    add(std::move(record));
    record_.facts.device = health.device;
    record_.facts.worker_version = health.version;
    record_.facts.parameters = health.parameters;
    if (record_.facts.architecture.empty()) record_.facts.architecture = health.architecture;
    if (record_.facts.dtype.empty()) record_.facts.dtype = health.dtype;
  }

  void ask(const WorkerLease& lease, WorkerClient& client) {
    current_ = Check::kAnswer;
    opening_ = make_opening(client);
    request_ = opening_request(opening_, kAnswerTokens);
    first_ = client.execute(request_);
    add(check_answer(first_));
    if (world_.plan.depth == Depth::kQuick) return;
    ask_texts(client);
    ask_logits(client);
    const std::atomic<bool>& interrupted = world_.stop;
    current_ = Check::kRepeat;
    add(check_repeat(client, opening_));
    current_ = Check::kCompany;
    add(check_company(client, opening_, world_.clock, interrupted));
    current_ = Check::kCancel;
    add(check_cancel(client, opening_, world_.clock, interrupted, lease.worker().worker_id));
    current_ = Check::kSpeed;
    add(check_speed(client, opening_));
    if (world_.plan.depth == Depth::kFull) {
      current_ = Check::kMemorySlope;
      add(check_memory_slope(client, opening_, kSlopeRequests));
    }
    current_ = Check::kSecondRequest;
    add(check_second_request(client, request_, first_));
    current_ = Check::kMemory;
    add(check_memory(client, lease.worker().estimate_bytes));
  }

  void ask_texts(WorkerClient& client) {
    current_ = Check::kTokenizer;
    CheckRecord tokenizer = check_round_trips(client);
    check_expected_texts(client, model_.expected, record_.facts.format, tokenizer);
    add(std::move(tokenizer));
    current_ = Check::kTemplate;
    if (!opening_.chat) {
      add(matrix::not_applicable(Check::kTemplate, "the model has no chat template"));
      return;
    }
    add(check_template(client, opening_, model_.expected));
  }

  void ask_logits(WorkerClient& client) {
    if (model_.expected.empty()) {
      add(matrix::not_applicable(Check::kExpectedTokens, model_.expected_note));
      add(matrix::not_applicable(Check::kExpectedLogits, model_.expected_note));
    } else {
      current_ = Check::kExpectedTokens;
      add(check_expected_tokens(client, model_.expected));
      current_ = Check::kExpectedLogits;
      add(check_expected_logits(client, model_.expected));
    }
    if (!model_.reference) {
      add(matrix::not_made(Check::kLogits, model_.reference_note));
      add(matrix::not_made(Check::kGreedy, model_.reference_note));
      return;
    }
    current_ = Check::kLogits;
    add(check_logits(client, *model_.reference));
    current_ = Check::kGreedy;
    add(check_greedy(client, *model_.reference));
  }

  // A worker that has seen nothing yet must answer as the one that has seen everything.
  void compare_with_fresh() {
    current_ = Check::kFreshWorker;
    try {
      WorkerLease lease(pool_, record_.key.backend, model_.id);
      WorkerClient client({lease.origin(), world_.plan.api_key}, world_.clock, world_.stop);
      CheckRecord record = check_second_request(client, request_, first_);
      record.check = Check::kFreshWorker;
      add(std::move(record));
      for (CheckRecord& check : record_.checks) {
        if (check.check == Check::kLoad) check.set(f::kWarmSeconds, lease.worker().start_seconds);
      }
      lease.stop(client);
    } catch (const Error& error) {
      if (!world_.stop) obstacle({CellState::kFail, fmt::format("a second worker: {}", error.what())});
    }
  }

  PoolClient& pool_;
  const PreparedModel& model_;
  const TestWorld& world_;
  const std::function<void(std::string_view)>& step_;
  CellRecord record_;
  Check current_ = Check::kLoad;
  bool lease_died_ = false;
  Opening opening_;
  wire::ExecuteRequest request_;
  Answer first_;
};

}  // namespace

CellRecord run_cell(PoolClient& pool, const PreparedModel& model, const std::string& backend, const TestWorld& world,
                    const std::function<void(std::string_view)>& step) {
  if (model.obstacle) {
    CellRecord record = untested_cell({pool.name(), backend, model.id}, *model.obstacle, world);
    record.facts = model.facts;
    return record;
  }
  return CellRun(pool, model, backend, world, step).run();
}

CellRecord untested_cell(const matrix::CellKey& key, matrix::Obstacle obstacle, const TestWorld& world) {
  CellRecord record;
  record.key = key;
  record.started_at = timestamp(world.clock.wall_now());
  record.obstacles = {std::move(obstacle)};
  record.verdict = matrix::verdict({}, record.obstacles, world.plan.depth);
  return record;
}

matrix::Obstacle spawn_obstacle(const std::string& message) {
  // llm-worker-rbee's words (engine/backend/make_backend.cc, backend_module.cc); the log's last line holds them.
  constexpr std::string_view kAbsent[] = {"is not in this build", "is there on Apple's systems alone",
                                          "and it is not installed: looked in"};
  const bool absent = std::any_of(std::begin(kAbsent), std::end(kAbsent),
                                  [&](std::string_view words) { return message.find(words) != std::string::npos; });
  if (!absent) return {CellState::kFail, message};
  constexpr std::string_view kLevel = " error ";
  const std::size_t at = message.rfind(kLevel);
  return {CellState::kUnsupported, at == std::string::npos ? message : message.substr(at + kLevel.size())};
}

}  // namespace rbee::keeper
