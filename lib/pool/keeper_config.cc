#include "pool/keeper_config.h"

#include <algorithm>
#include <limits>

#include <toml++/toml.h>

#include "base/error.h"
#include "base/file.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "pool/limits.h"
#include "pool/ssh/ssh_target.h"

namespace rbee::pool {
namespace {

const std::vector<std::string>& pool_keys() {
  static const std::vector<std::string> keys = {"host", "user", "port", "hive", "checkout"};
  return keys;
}

const std::vector<std::string>& keeper_keys() {
  static const std::vector<std::string> keys = {"ssh", "ssh_config"};
  return keys;
}

// A table of the file with its name there: "keeper", "pools.mac".
struct NamedTable {
  const toml::table& table;
  const std::string& source;
  std::string name;

  void check_keys(const std::vector<std::string>& known) const {
    for (const auto& [key, value] : table) {
      const std::string text(key.str());
      if (std::find(known.begin(), known.end(), text) != known.end()) continue;
      fail(ErrorKind::kBadFile, "{}: {}.{} is not a setting{}", source, name, printable(text), suggestion(text, known));
    }
  }
  std::string text(std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return "";
    const auto* value = node->as_string();
    if (value == nullptr || value->get().empty()) {
      fail(ErrorKind::kBadFile, "{}: {}.{}: expected a text in quotes", source, name, key);
    }
    return value->get();
  }
  std::optional<std::uint16_t> port() const {
    const toml::node* node = table.get("port");
    if (node == nullptr) return std::nullopt;
    const std::int64_t value = node->is_integer() ? node->as_integer()->get() : 0;
    if (value < 1 || value > std::numeric_limits<std::uint16_t>::max()) {
      fail(ErrorKind::kBadFile, "{}: {}.port: expected a number from 1 to 65535", source, name);
    }
    return static_cast<std::uint16_t>(value);
  }
};

const toml::table* table_of(const toml::table& parent, std::string_view key, const std::string& source) {
  const toml::node* node = parent.get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) fail(ErrorKind::kBadFile, "{}: {} is no table, expected [{}]", source, key, key);
  return node->as_table();
}

toml::table parse(std::string_view text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    fail(ErrorKind::kBadFile, "{}: line {}, column {}: {}", source, at.line, at.column, error.description());
  }
}

KnownPool read_pool(const std::string& name, const toml::node& node, const std::string& source) {
  const std::string path = "pools." + printable(name);
  if (!node.is_table()) fail(ErrorKind::kBadFile, "{}: {} is no table, expected [{}]", source, path, path);
  const NamedTable table{*node.as_table(), source, path};
  table.check_keys(pool_keys());
  KnownPool pool{name,         table.text("host"), table.text("user"),
                 table.port(), table.text("hive"), table.text("checkout")};
  if (pool.host.empty()) pool.host = name;
  try {
    check_known_pool(pool);
  } catch (const Error& error) {
    fail(ErrorKind::kBadFile, "{}: {}: {}", source, path, error.what());
  }
  return pool;
}

std::filesystem::path expanded(const std::string& path, const std::filesystem::path& user_home) {
  return path.starts_with("~/") ? user_home / path.substr(2) : std::filesystem::path(path);
}

void check_plain(std::string_view value, std::string_view what) {
  const bool odd = std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
  if (odd) fail(ErrorKind::kBadRequest, "{} '{}': control characters are not allowed", what, printable(value));
}

}  // namespace

const KnownPool* KeeperConfig::find(std::string_view name) const {
  const auto found = std::find_if(pools.begin(), pools.end(), [=](const KnownPool& pool) { return pool.name == name; });
  return found == pools.end() ? nullptr : &*found;
}

std::vector<std::string> KeeperConfig::names() const {
  std::vector<std::string> result;
  for (const KnownPool& pool : pools) result.push_back(pool.name);
  return result;
}

void check_known_pool(const KnownPool& pool) {
  check_pool_name(pool.name);
  if (pool.name == "localhost") fail(ErrorKind::kBadRequest, "'localhost' is this machine, and always there");
  parse_ssh_target(pool.user.empty() ? pool.host : pool.user + "@" + pool.host);
  check_plain(pool.hive, "path of rbee-hive");
  check_plain(pool.checkout, "folder");
}

KeeperConfig load_keeper_config(const std::filesystem::path& file, const std::filesystem::path& user_home) {
  KeeperConfig config;
  if (!std::filesystem::exists(file)) return config;
  const std::string source = file.string();
  const toml::table document = parse(read_file(file, kConfigBytesMax), source);
  if (const toml::table* keeper = table_of(document, "keeper", source)) {
    const NamedTable table{*keeper, source, "keeper"};
    table.check_keys(keeper_keys());
    config.ssh = expanded(table.text("ssh"), user_home);
    config.ssh_config = expanded(table.text("ssh_config"), user_home);
  }
  if (const toml::table* pools = table_of(document, "pools", source)) {
    for (const auto& [name, node] : *pools) {
      config.pools.push_back(read_pool(std::string(name.str()), node, source));
    }
  }
  return config;
}

}  // namespace rbee::pool
