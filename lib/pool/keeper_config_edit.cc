// Adding and removing [pools.NAME] in the text of a config.toml, so that nothing else in it changes.

#include <sstream>

#include <toml++/toml.h>

#include "base/error.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "pool/keeper_config.h"

namespace rbee::pool {
namespace {

constexpr std::string_view kConfigName = "config.toml";

toml::table parse_text(std::string_view text) {
  try {
    return toml::parse(text, kConfigName);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    fail(ErrorKind::kBadFile, "{}: line {}, column {}: {}", kConfigName, at.line, at.column, error.description());
  }
}

toml::table* pools_of(toml::table& document) {
  toml::node* node = document.get("pools");
  return node == nullptr ? nullptr : node->as_table();
}

// TOML 1.0, basic strings; the text holds no control characters.
std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string_view without_indent(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

}  // namespace

std::string with_pool(std::string_view text, const KnownPool& pool) {
  check_known_pool(pool);
  toml::table document = parse_text(text);
  if (const toml::table* pools = pools_of(document); pools != nullptr && pools->contains(pool.name)) {
    fail(ErrorKind::kBadRequest, "pool '{}' is known already: 'rbee pool remove {}' first", pool.name, pool.name);
  }
  std::string result(text);
  if (!result.empty() && result.back() != '\n') result += '\n';
  if (!result.empty()) result += '\n';
  result += fmt::format("[pools.{}]\nhost = {}\n", toml_quoted(pool.name), toml_quoted(pool.host));
  if (!pool.user.empty()) result += fmt::format("user = {}\n", toml_quoted(pool.user));
  if (pool.port) result += fmt::format("port = {}\n", *pool.port);
  if (!pool.hive.empty()) result += fmt::format("hive = {}\n", toml_quoted(pool.hive));
  if (!pool.checkout.empty()) result += fmt::format("checkout = {}\n", toml_quoted(pool.checkout));
  parse_text(result);
  return result;
}

std::string without_pool(std::string_view text, std::string_view name) {
  toml::table document = parse_text(text);
  toml::table* pools = pools_of(document);
  if (pools == nullptr || !pools->contains(name)) {
    std::vector<std::string> names;
    if (pools != nullptr) {
      for (const auto& [key, value] : *pools) names.emplace_back(key.str());
    }
    fail(ErrorKind::kNotFound, "no pool '{}' in config.toml{}", printable(name), suggestion(name, names));
  }
  // From its header to the next one; comments and empty lines before the next header are that table's.
  const std::vector<std::string_view> lines = lines_of(text);
  const std::size_t begin = pools->get(name)->source().begin.line - 1;
  std::size_t end = begin + 1, kept_from = end;
  for (; end < lines.size() && !without_indent(lines[end]).starts_with('['); ++end) {
    const std::string_view line = without_indent(lines[end]);
    if (!line.empty() && !line.starts_with('#')) kept_from = end + 1;
  }
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < begin || i >= kept_from) result += lines[i];
  }
  // The edit stands only if it took this pool away and nothing else.
  pools->erase(name);
  if (pools->empty() && !parse_text(result).contains("pools")) document.erase("pools");
  if (parse_text(result) != document) {
    fail(ErrorKind::kUnsupported, "config.toml: pool '{}' is not written as a table [pools.{}]: remove it by hand",
         printable(name), printable(name));
  }
  return result;
}

}  // namespace rbee::pool
