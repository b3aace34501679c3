#include "test/pool_run.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "test/cell_run.h"
#include "test/pool_client.h"
#include "test/prepared_model.h"

namespace rbee::keeper {

using matrix::CellKey;
using matrix::CellState;
using matrix::Obstacle;

namespace {

struct PoolCells {
  std::vector<std::string> models, backends;
  std::map<std::string, Obstacle> no_device;  ///< by backend
};

const Obstacle kInterrupted = {CellState::kNotRun, "interrupted"};

PoolCells plan_cells(PoolClient& pool, const matrix::PoolRecord& machine, const TestPlan& plan) {
  PoolCells out{plan.models, plan.backends, {}};
  if (out.models.empty()) {
    for (const wire::CatalogModel& model : pool.catalog().models) {
      if (model.downloaded) out.models.push_back(model.id);
    }
  }
  for (const matrix::BackendRecord& backend : machine.backends) {
    if (plan.backends.empty() && backend.available) out.backends.push_back(backend.name);
    if (!backend.available) {
      out.no_device[backend.name] = {CellState::kUnavailable, "no device: " + backend.device};
    }
  }
  return out;
}

class PoolRun {
 public:
  PoolRun(PoolSession& session, const TestWorld& world, const TestEvents& events)
      : pool_(session), world_(world), events_(events) {}

  void run() {
    matrix::PoolRecord machine;
    machine.name = pool_.name();
    PoolCells cells{world_.plan.models, world_.plan.backends, {}};
    try {
      machine = pool_.probe();
      version_ = machine.hive_version;
      cells = plan_cells(pool_, machine, world_.plan);
      if (cells.models.empty()) machine.problem = "no model is on this pool's disk";
    } catch (const Error& error) {
      machine.problem = error.what();
    }
    events_.pool_found(machine);
    if (cells.backends.empty()) cells.backends.emplace_back("cpu");
    std::vector<CellKey> keys;
    for (const std::string& model : cells.models) {
      for (const std::string& backend : cells.backends) keys.push_back({pool_.name(), backend, model});
    }
    events_.cells_planned(keys);
    for (const std::string& model : cells.models) run_model(model, cells, machine.problem);
  }

 private:
  void run_model(const std::string& id, const PoolCells& cells, const std::string& problem) {
    std::optional<PreparedModel> model;
    for (const std::string& backend : cells.backends) {
      const CellKey key{pool_.name(), backend, id};
      events_.cell_step(key, "");
      if (world_.stop) {
        events_.cell_done(untested_cell(key, kInterrupted, world_));
      } else if (!problem.empty()) {
        events_.cell_done(untested_cell(key, {CellState::kUnavailable, problem}, world_));
      } else if (const auto missing = cells.no_device.find(backend); missing != cells.no_device.end()) {
        events_.cell_done(untested_cell(key, missing->second, world_));
      } else if (const auto known = not_built_.find(backend); known != not_built_.end()) {
        events_.cell_done(untested_cell(key, known->second, world_));
      } else {
        run_one(key, model);
      }
    }
  }

  void run_one(const CellKey& key, std::optional<PreparedModel>& model) {
    try {
      if (!model) model = prepare_model(pool_, key.model, world_);
      const bool needs_reference = world_.plan.depth != matrix::Depth::kQuick && !model->obstacle;
      if (needs_reference && !model->reference && model->reference_note.empty()) {
        prepare_reference(pool_, version_, *model, world_);
      }
    } catch (const Error& error) {  // interrupted
      events_.cell_done(untested_cell(key, {CellState::kNotRun, error.what()}, world_));
      return;
    }
    matrix::CellRecord record =
        run_cell(pool_, *model, key.backend, world_, [&](std::string_view step) { events_.cell_step(key, step); });
    if (record.verdict.state == CellState::kUnsupported && record.checks.empty()) {
      not_built_.insert({key.backend, record.obstacles.front()});
    }
    events_.cell_done(std::move(record));
  }

  PoolClient pool_;
  const TestWorld& world_;
  const TestEvents& events_;
  std::string version_;
  std::map<std::string, Obstacle> not_built_;  // what the pool's worker program said, by backend
};

}  // namespace

void run_pool(PoolSession& session, const TestWorld& world, const TestEvents& events) {
  try {
    PoolRun(session, world, events).run();
  } catch (const std::exception& error) {
    events.pool_found({.name = session.name(), .problem = error.what()});
  }
}

}  // namespace rbee::keeper
