#include "test/prepared_model.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"
#include "test/worker_lease.h"

namespace rbee::keeper {

using matrix::CellState;
using matrix::Obstacle;

namespace {

void check_stop(const TestWorld& world) {
  if (world.stop) fail(ErrorKind::kCancelled, "interrupted");
}

// Registered and downloaded afterwards, or why not.
std::optional<Obstacle> fetch_model(PoolClient& pool, const std::string& model) {
  try {
    if (pool.catalog().find(model) == nullptr) pool.enroll(model);
  } catch (const Error& error) {
    return Obstacle{CellState::kUnavailable, fmt::format("not in the pool's catalog: {}", error.what())};
  }
  try {
    const wire::Catalog catalog = pool.catalog();
    const wire::CatalogModel* entry = catalog.find(model);
    if (entry != nullptr && entry->downloaded) return std::nullopt;
    pool.download(model);
  } catch (const Error& error) {
    return Obstacle{CellState::kUnavailable, fmt::format("could not be downloaded: {}", error.what())};
  }
  return std::nullopt;
}

void read_facts(PoolClient& pool, PreparedModel& out) {
  const wire::Catalog catalog = pool.catalog();
  const wire::CatalogModel* entry = catalog.find(out.id);
  if (entry == nullptr) fail(ErrorKind::kNotFound, "the catalog lost model '{}'", out.id);
  out.facts.digest = model_digest(*entry);
  out.facts.architecture = entry->architecture;
  out.facts.format = entry->format;
  out.facts.dtype = entry->metadata.quantization;
  out.facts.revision = entry->metadata.revision;
  for (const wire::ModelFile& file : entry->metadata.files) out.facts.size_bytes += file.size;
}

void read_expected(PoolClient& pool, PreparedModel& out) {
  out.expected_note = "the model has no expected.json";
  const std::optional<boost::json::value> document = pool.expected(out.id);
  if (document) out.expected = expected_cases(*document);
}

}  // namespace

PreparedModel prepare_model(PoolClient& pool, const std::string& model, const TestWorld& world) {
  check_stop(world);
  PreparedModel out;
  out.id = model;
  out.obstacle = fetch_model(pool, model);
  check_stop(world);
  if (out.obstacle) return out;
  try {
    read_facts(pool, out);
    if (const std::string problem = pool.verify(model); !problem.empty()) {
      out.obstacle = Obstacle{CellState::kFail, "the model's files are bad: " + problem};
    }
    if (world.plan.depth != matrix::Depth::kQuick) read_expected(pool, out);
  } catch (const Error& error) {
    out.obstacle = Obstacle{CellState::kFail, error.what()};
  }
  check_stop(world);
  return out;
}

void prepare_reference(PoolClient& pool, const std::string& version, PreparedModel& model, const TestWorld& world) {
  check_stop(world);
  const ReferenceCache cache(world.plan.reference_cache);
  try {
    if (!world.plan.fresh_reference) model.reference = cache.find(model.facts.digest, version);
    if (model.reference) return;
    WorkerLease lease(pool, "reference", model.id);
    WorkerClient client({lease.origin(), world.plan.api_key}, world.clock, world.stop);
    const wire::WorkerHealth health = client.health();
    if (health.backend != "reference") fail(ErrorKind::kIo, "it runs on '{}'", printable(health.backend, 40));
    model.reference = compute_reference(client, health.parameters);
    lease.stop(client);
    cache.keep(model.facts.digest, version, *model.reference);
  } catch (const Error& error) {
    check_stop(world);
    model.reference_note = fmt::format("no reference: {}", error.what());
  }
}

}  // namespace rbee::keeper
