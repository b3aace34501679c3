#include "pool/pool_config.h"

#include <algorithm>
#include <vector>

#include <toml++/toml.h>

#include "base/error.h"
#include "base/file.h"
#include "base/near_match.h"
#include "pool/limits.h"

namespace rbee::pool {
namespace {

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys = {"pool_id",
                                                "models_dir",
                                                "runtime_dir",
                                                "worker",
                                                "worker_host",
                                                "worker_api_key_file",
                                                "worker_insecure_no_auth"};
  return keys;
}

std::filesystem::path expanded(const std::string& path, const std::filesystem::path& user_home) {
  return path.starts_with("~/") ? user_home / path.substr(2) : std::filesystem::path(path);
}

}  // namespace

PoolConfig load_pool_config(const std::filesystem::path& file, const std::filesystem::path& user_home) {
  PoolConfig config;
  if (!std::filesystem::exists(file)) return config;
  toml::table document;
  try {
    document = toml::parse(read_file(file, kConfigBytesMax), file.string());
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    fail(ErrorKind::kBadFile, "{}: line {}, column {}: {}", file.string(), at.line, at.column, error.description());
  }
  const toml::node* node = document.get("hive");
  if (node == nullptr) return config;
  const toml::table* hive = node->as_table();
  if (hive == nullptr) fail(ErrorKind::kBadFile, "{}: hive is no table, expected [hive]", file.string());
  for (const auto& [key, value] : *hive) {
    const std::string name(key.str());
    if (std::find(known_keys().begin(), known_keys().end(), name) == known_keys().end()) {
      fail(ErrorKind::kBadFile, "{}: hive.{} is not a setting{}", file.string(), name, suggestion(name, known_keys()));
    }
    if (name == "worker_insecure_no_auth") {
      if (!value.is_boolean()) fail(ErrorKind::kBadFile, "{}: hive.{}: expected true or false", file.string(), name);
      config.worker_insecure_no_auth = value.as_boolean()->get();
      continue;
    }
    const auto* text = value.as_string();
    if (text == nullptr || text->get().empty()) {
      fail(ErrorKind::kBadFile, "{}: hive.{}: expected a text in quotes", file.string(), name);
    }
    if (name == "pool_id") config.pool_id = text->get();
    if (name == "models_dir") config.models_dir = expanded(text->get(), user_home);
    if (name == "runtime_dir") config.runtime_dir = expanded(text->get(), user_home);
    if (name == "worker") config.worker = expanded(text->get(), user_home);
    if (name == "worker_host") config.worker_host = text->get();
    if (name == "worker_api_key_file") config.worker_api_key_file = expanded(text->get(), user_home);
  }
  return config;
}

}  // namespace rbee::pool
