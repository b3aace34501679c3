#include "test/pool_client.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/units.h"
#include "pool/digest.h"
#include "test/limits.h"

namespace rbee::keeper {

namespace json = boost::json;

namespace {

constexpr JsonLimits kFromHive = {.error_kind = ErrorKind::kIo};

ErrorKind kind_of_code(std::string_view code) {
  for (const ErrorKind kind :
       {ErrorKind::kBadRequest, ErrorKind::kBadFile, ErrorKind::kNotFound, ErrorKind::kUnsupported,
        ErrorKind::kExhausted, ErrorKind::kUnavailable, ErrorKind::kCancelled}) {
    if (error_code(kind) == code) return kind;
  }
  return ErrorKind::kIo;
}

// The reason that a command gave: from its document, or what it wrote last to its standard error.
Error failure_of(const HiveOutcome& outcome, const std::string& command) {
  try {
    const json::value document = parse_json(outcome.out, "rbee-hive", kFromHive);
    const json::value& error = document.at("error");
    return {kind_of_code(error.at("code").as_string()), std::string(error.at("message").as_string())};
  } catch (const std::exception&) {
    const std::string said = outcome.err.substr(0, outcome.err.find_last_not_of('\n') + 1);
    return {ErrorKind::kIo, fmt::format("rbee-hive {} failed with exit code {}: {}", command, outcome.exit_code,
                                        said.empty() ? "it said nothing" : printable(said, 1000))};
  }
}

std::string text_at(const json::value& document, std::string_view name) {
  const json::value* value = document.as_object().if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

std::uint64_t number_at(const json::value& document, std::string_view name) {
  const json::value* value = document.as_object().if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

matrix::BackendRecord gpu_backend(const json::value& document, const std::string& name) {
  matrix::BackendRecord out{name, false, ""};
  const json::value* probe = document.as_object().if_contains(name);
  if (probe == nullptr) {
    out.device = "the pool does not look for it";
    return out;
  }
  for (const json::value& gpu : probe->at("devices").as_array()) {
    out.available = true;
    if (!out.device.empty()) out.device += "; ";
    out.device += fmt::format("{}, {}", printable(text_at(gpu, "name")), human_bytes(number_at(gpu, "memory_bytes")));
  }
  if (!out.available) out.device = printable(text_at(*probe, "reason"));
  return out;
}

}  // namespace

json::value PoolClient::ask(std::vector<std::string> arguments, std::chrono::seconds timeout) {
  const std::string command = arguments.at(0) + " " + arguments.at(1);
  arguments.emplace_back("--json");
  const HiveOutcome outcome = session_.hive(arguments, timeout);
  if (outcome.exit_code != 0) throw failure_of(outcome, command);
  return parse_json(outcome.out, fmt::format("rbee-hive {} on {}", command, name()), kFromHive);
}

matrix::PoolRecord PoolClient::probe() {
  const HiveOutcome outcome = session_.hive({"devices", "--json"}, kHiveQuick);
  if (outcome.exit_code != 0) throw failure_of(outcome, "devices");
  const json::value document = parse_json(outcome.out, "rbee-hive devices", kFromHive);
  matrix::PoolRecord pool;
  pool.name = name();
  try {
    const json::value& cpu = document.at("cpu");
    pool.cpu = printable(text_at(cpu, "model"));
    pool.cores = number_at(cpu, "usable_cores");
    pool.memory_bytes = number_at(cpu, "memory_bytes");
    pool.backends.push_back({"cpu", true, pool.cpu});
    for (const char* backend : {"cuda", "vulkan"}) pool.backends.push_back(gpu_backend(document, backend));
  } catch (const std::exception& error) {
    fail(ErrorKind::kIo, "{}: what 'rbee-hive devices' prints is not in the expected form: {}", name(), error.what());
  }
  const HiveOutcome version = session_.hive({"--version"}, kHiveQuick);
  pool.hive_version = printable(version.out.substr(0, version.out.find('\n')), 60);
  return pool;
}

wire::Catalog PoolClient::catalog() {
  const HiveOutcome outcome = session_.hive({"models", "catalog", "--json"}, kHiveQuick);
  if (outcome.exit_code != 0) throw failure_of(outcome, "models catalog");
  return wire::parse_catalog(outcome.out, "the catalog of " + name());
}

void PoolClient::enroll(const std::string& model) {
  ask({"models", "register", model}, kHiveQuick);
}

void PoolClient::download(const std::string& model) {
  const HiveOutcome outcome = session_.hive({"models", "download", model}, kHiveDownload);
  if (outcome.exit_code != 0) throw failure_of(outcome, "models download");
}

std::string PoolClient::verify(const std::string& model) {
  const HiveOutcome outcome = session_.hive({"models", "verify", model, "--no-repair", "--json"}, kHiveLoad);
  const json::value document = parse_json(outcome.out, "rbee-hive models verify", kFromHive);
  if (document.is_object() && document.as_object().contains("error")) throw failure_of(outcome, "models verify");
  std::string problems;
  try {
    for (const json::value& one : document.at("models").as_array()) {
      for (const json::value& file : one.at("files").as_array()) {
        if (file.at("good").as_bool()) continue;
        problems += (problems.empty() ? "" : "; ") + printable(text_at(file, "message"), 400);
      }
    }
  } catch (const std::exception& error) {
    fail(ErrorKind::kIo, "what 'rbee-hive models verify' prints is not in the expected form: {}", error.what());
  }
  return problems;
}

std::optional<json::value> PoolClient::expected(const std::string& model) {
  json::value document = ask({"models", "expected", model}, kHiveQuick);
  json::value* expected = document.is_object() ? document.as_object().if_contains("expected") : nullptr;
  if (expected == nullptr || !expected->is_object()) return std::nullopt;
  return std::move(*expected);
}

SpawnedWorker PoolClient::spawn(const std::string& backend, const std::string& model, const std::string& worker_id,
                                const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"worker", "spawn", backend, "--model", model, "--port", "0", "--id", worker_id};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const json::value document = ask(std::move(arguments), kHiveLoad);
  SpawnedWorker out;
  try {
    out.worker_id = worker_id;
    out.host = text_at(document, "host");
    out.port = document.at("port").to_number<std::uint16_t>();
    out.start_seconds = document.at("start_seconds").to_number<double>();
    out.estimate_bytes = number_at(document, "estimate_bytes");
  } catch (const std::exception& error) {
    fail(ErrorKind::kIo, "what 'rbee-hive worker spawn' prints is not in the expected form: {}", error.what());
  }
  return out;
}

std::string PoolClient::stop(const std::string& worker_id) {
  return text_at(ask({"worker", "stop", worker_id}, kHiveStop), "outcome");
}

std::vector<std::string> PoolClient::log(const std::string& worker_id) {
  const json::value document = ask({"worker", "logs", worker_id, "--lines", std::to_string(kLogLines)}, kHiveQuick);
  std::vector<std::string> lines;
  if (const json::value* all = document.as_object().if_contains("lines"); all != nullptr && all->is_array()) {
    for (const json::value& line : all->as_array()) {
      if (line.is_string()) lines.emplace_back(line.as_string());
    }
  }
  return lines;
}

std::string model_digest(const wire::CatalogModel& model) {
  std::map<std::string, std::string> files;
  for (const wire::ModelFile& file : model.metadata.files) {
    if (file.sha256.empty()) return "";
    files[file.path] = file.sha256;
  }
  if (files.empty()) return "";
  pool::Digest digest(pool::Digest::Algorithm::kSha256);
  for (const auto& [path, sha256] : files) digest.update(path + "\n" + sha256 + "\n");
  return digest.hex();
}

}  // namespace rbee::keeper
