#include "matrix/results.h"

#include <cmath>
#include <set>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/utf8.h"
#include "matrix/limits.h"
#include "wire/pool/record_fields.h"

namespace rbee::matrix {
namespace {

namespace json = boost::json;
using wire::RecordFields;

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kCountMax = 1'000'000'000'000'000'000;  // bytes and parameters

// --- writing ---

// Valid UTF-8 of at most kTextBytesMax bytes, no character cut in two.
json::string text(const std::string& from_outside) {
  const std::string valid = replace_invalid_utf8(from_outside);
  std::string_view cut = std::string_view(valid).substr(0, kTextBytesMax);
  if (cut.size() < valid.size()) cut.remove_suffix(incomplete_utf8_tail(cut));
  return json::string(cut);
}

json::object to_json(const PoolRecord& pool) {
  json::array backends;
  for (const BackendRecord& backend : pool.backends) {
    backends.push_back(
        {{"name", text(backend.name)}, {"available", backend.available}, {"device", text(backend.device)}});
  }
  return {{"name", text(pool.name)},
          {"cpu", text(pool.cpu)},
          {"cores", pool.cores},
          {"memory_bytes", pool.memory_bytes},
          {"hive_version", text(pool.hive_version)},
          {"backends", std::move(backends)},
          {"problem", text(pool.problem)}};
}

json::object to_json(const RunRecord& run) {
  json::array pools;
  for (const PoolRecord& pool : run.pools) pools.push_back(to_json(pool));
  return {{"record", "run"},
          {"version", kVersion},
          {"started_at", text(run.started_at)},
          {"finished_at", text(run.finished_at)},
          {"interrupted", run.interrupted},
          {"rbee_version", text(run.rbee_version)},
          {"command", text(run.command)},
          {"depth", json::string(depth_name(run.depth))},
          {"pools", std::move(pools)}};
}

json::object to_json(const CheckRecord& check) {
  constexpr std::string_view kStandings[] = {"made", "not applicable", "not made"};
  json::object figures;
  for (const auto& [name, value] : check.figures) figures[name] = value;
  return {{"check", json::string(check_name(check.check))},
          {"standing", json::string(kStandings[static_cast<std::size_t>(check.standing)])},
          {"note", text(check.note)},
          {"figures", std::move(figures)}};
}

json::object to_json(const ModelFacts& facts) {
  return {{"digest", text(facts.digest)},
          {"architecture", text(facts.architecture)},
          {"format", text(facts.format)},
          {"dtype", text(facts.dtype)},
          {"revision", text(facts.revision)},
          {"device", text(facts.device)},
          {"parameters", facts.parameters},
          {"size_bytes", facts.size_bytes},
          {"worker_version", text(facts.worker_version)}};
}

json::object to_json(const CellRecord& cell) {
  json::array checks, obstacles, log;
  for (const CheckRecord& check : cell.checks) checks.push_back(to_json(check));
  for (const Obstacle& obstacle : cell.obstacles) {
    obstacles.push_back({{"state", json::string(state_name(obstacle.state))}, {"reason", text(obstacle.reason)}});
  }
  for (const std::string& line : cell.log) log.push_back(text(line));
  return {{"record", "cell"},
          {"pool", text(cell.key.pool)},
          {"backend", text(cell.key.backend)},
          {"model", text(cell.key.model)},
          {"state", json::string(state_name(cell.verdict.state))},
          {"reason", text(cell.verdict.reason)},
          {"started_at", text(cell.started_at)},
          {"seconds", cell.seconds},
          {"facts", to_json(cell.facts)},
          {"obstacles", std::move(obstacles)},
          {"checks", std::move(checks)},
          {"log", std::move(log)}};
}

// --- reading ---

const json::value& required_object(RecordFields& fields, std::string_view name) {
  const json::value* value = fields.object_or_null(name);
  if (value == nullptr) fields.wrong(name, nullptr, "an object");
  return *value;
}

PoolRecord read_pool(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  PoolRecord pool;
  pool.name = fields.text("name");
  pool.cpu = fields.text_or("cpu", "");
  pool.hive_version = fields.text_or("hive_version", "");
  pool.cores = fields.count_or("cores", kCountMax, 0);
  pool.memory_bytes = fields.count_or("memory_bytes", kCountMax, 0);
  pool.problem = fields.text_or("problem", "");
  for (const json::value& one : fields.array_or_empty("backends", kBackendsMax)) {
    RecordFields backend(one, where + ".backends");
    pool.backends.push_back({backend.text("name"), backend.flag_or("available", false), backend.text_or("device", "")});
  }
  return pool;
}

RunRecord read_run(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  if (fields.text("record") != "run") fail(ErrorKind::kBadFile, "{}: the first line is no record of a run", where);
  if (const std::uint64_t version = fields.count("version", kCountMax); version != kVersion) {
    fail(ErrorKind::kUnsupported, "{}: version {} of results, this program reads version {}", where, version, kVersion);
  }
  RunRecord run;
  run.started_at = fields.text("started_at");
  run.finished_at = fields.text_or("finished_at", "");
  run.interrupted = fields.flag_or("interrupted", false);
  run.rbee_version = fields.text_or("rbee_version", "");
  run.command = fields.text_or("command", "");
  run.depth = depth_of_name(fields.text("depth"));
  for (const json::value& pool : fields.array_or_empty("pools", kPoolsMax)) {
    run.pools.push_back(read_pool(pool, where + ".pools"));
  }
  return run;
}

Standing read_standing(const std::string& name, const std::string& where) {
  if (name == "made") return Standing::kMade;
  if (name == "not applicable") return Standing::kNotApplicable;
  if (name == "not made") return Standing::kNotMade;
  fail(ErrorKind::kBadFile, "{}: '{}' is no standing of a check", where, name);
}

void read_check(const json::value& value, const std::string& where, CellRecord& cell) {
  RecordFields fields(value, where);
  const std::optional<Check> check = check_of_name(fields.text("check"));
  if (!check) return;
  if (cell.find(*check) != nullptr) fail(ErrorKind::kBadFile, "{}: a second '{}'", where, check_name(*check));
  CheckRecord record;
  record.check = *check;
  record.standing = read_standing(fields.text("standing"), where);
  record.note = fields.text_or("note", "");
  if (const json::value* figures = fields.object_or_null("figures")) {
    if (figures->as_object().size() > kFiguresMax) fail(ErrorKind::kBadFile, "{}: too many figures", where);
    for (const auto& [name, number] : figures->as_object()) {
      if (!number.is_number()) fail(ErrorKind::kBadFile, "{}.figures.{} is no number", where, std::string_view(name));
      record.set(name, number.to_number<double>());
    }
  }
  cell.checks.push_back(std::move(record));
}

ModelFacts read_facts(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  ModelFacts facts;
  facts.digest = fields.text_or("digest", "");
  facts.architecture = fields.text_or("architecture", "");
  facts.format = fields.text_or("format", "");
  facts.dtype = fields.text_or("dtype", "");
  facts.revision = fields.text_or("revision", "");
  facts.device = fields.text_or("device", "");
  facts.worker_version = fields.text_or("worker_version", "");
  facts.parameters = fields.count_or("parameters", kCountMax, 0);
  facts.size_bytes = fields.count_or("size_bytes", kCountMax, 0);
  return facts;
}

CellRecord read_cell(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  if (fields.text("record") != "cell") fail(ErrorKind::kBadFile, "{} is no record of a cell", where);
  CellRecord cell;
  cell.key = {fields.text("pool"), fields.text("backend"), fields.text("model")};
  cell.verdict = {state_of_name(fields.text("state")), fields.text_or("reason", "")};
  cell.started_at = fields.text_or("started_at", "");
  cell.seconds = fields.number_or("seconds", 0);
  cell.facts = read_facts(required_object(fields, "facts"), where + ".facts");
  for (const json::value& one : fields.array_or_empty("obstacles", kChecksMax)) {
    RecordFields obstacle(one, where + ".obstacles");
    cell.obstacles.push_back({state_of_name(obstacle.text("state")), obstacle.text_or("reason", "")});
  }
  for (const json::value& one : fields.array_or_empty("checks", kChecksMax)) read_check(one, where + ".checks", cell);
  for (const json::value& line : fields.array_or_empty("log", kLogLinesMax)) {
    if (!line.is_string()) fields.wrong("log", line, "lines of text");
    cell.log.emplace_back(line.as_string());
  }
  return cell;
}

}  // namespace

const CheckRecord* CellRecord::find(Check check) const {
  for (const CheckRecord& one : checks) {
    if (one.check == check) return &one;
  }
  return nullptr;
}

std::optional<double> CellRecord::figure(Check check, std::string_view name) const {
  const CheckRecord* record = find(check);
  return record == nullptr ? std::nullopt : record->figure(name);
}

const CellRecord* Run::find(const CellKey& key) const {
  for (const CellRecord& cell : cells) {
    if (cell.key == key) return &cell;
  }
  return nullptr;
}

std::string results_text(const Run& run) {
  std::string out = json_line(to_json(run.head)) + "\n";
  for (const CellRecord& cell : run.cells) out += json_line(to_json(cell)) + "\n";
  return out;
}

Run parse_results(std::string_view text, const std::string& source) {
  if (text.size() > kResultsBytesMax) {
    fail(ErrorKind::kBadFile, "{}: {} bytes, at most {} are read", source, text.size(), kResultsBytesMax);
  }
  Run run;
  std::set<CellKey> seen;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.empty()) continue;
    const std::string where = fmt::format("{}: line {}", source, line_number);
    const json::value value = parse_json(line, where);
    if (line_number == 1) {
      run.head = read_run(value, where);
      continue;
    }
    if (run.cells.size() >= kCellsMax) fail(ErrorKind::kBadFile, "{}: more than {} cells", where, kCellsMax);
    run.cells.push_back(read_cell(value, where));
    if (!seen.insert(run.cells.back().key).second) {
      fail(ErrorKind::kBadFile, "{}: a second record of {}", where, cell_title(run.cells.back().key));
    }
  }
  if (run.head.started_at.empty()) fail(ErrorKind::kBadFile, "{}: no record of a run in its first line", source);
  return run;
}

}  // namespace rbee::matrix
