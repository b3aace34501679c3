// pool list, add, remove.

#include <memory>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "command_line.h"
#include "pool/limits.h"

namespace rbee::keeper {
namespace {

namespace json = boost::json;

json::object pool_document(const pool::KnownPool& pool) {
  json::object document = {{"name", pool.name}, {"host", pool.host}};
  if (!pool.user.empty()) document["user"] = pool.user;
  if (pool.port) document["port"] = *pool.port;
  if (!pool.hive.empty()) document["hive"] = pool.hive;
  if (!pool.checkout.empty()) document["checkout"] = pool.checkout;
  return document;
}

std::string address_text(const pool::KnownPool& pool) {
  std::string text = pool.user.empty() ? pool.host : pool.user + "@" + pool.host;
  if (pool.port) text += fmt::format(":{}", *pool.port);
  return text;
}

int list_pools(Keeper& keeper) {
  json::array documents;
  documents.push_back({{"name", "localhost"}, {"host", "localhost"}});
  std::size_t columns = 16;
  for (const pool::KnownPool& pool : keeper.config.pools) columns = std::max(columns, pool.name.size());
  keeper.terminal.line(fmt::format("{}  {}", padded("Pool", columns), "Reached as"));
  keeper.terminal.line(fmt::format("{}  {}", padded("localhost", columns), "this machine"));
  for (const pool::KnownPool& pool : keeper.config.pools) {
    keeper.terminal.line(fmt::format("{}  {}", padded(pool.name, columns), address_text(pool)));
    documents.push_back(pool_document(pool));
  }
  keeper.terminal.document({{"pools", std::move(documents)}});
  return kDone;
}

// Reads, changes and replaces config.toml under a lock.
void edit_config(const Keeper& keeper, const std::function<std::string(const std::string&)>& edit) {
  const std::filesystem::path file = keeper.config_file();
  std::filesystem::create_directories(file.parent_path());
  const FileLock lock(file.string() + ".lock", pool::kLockWait, keeper.clock);
  const std::string text = std::filesystem::exists(file) ? read_file(file, pool::kConfigBytesMax) : "";
  // Where the file is a link, what it leads to is replaced, not the link.
  write_file_atomically(std::filesystem::exists(file) ? std::filesystem::canonical(file) : file, edit(text));
}

int add_pool(Keeper& keeper, pool::KnownPool pool) {
  if (pool.host.empty()) pool.host = pool.name;
  if (const std::size_t at = pool.host.find('@'); at != std::string::npos && pool.user.empty()) {
    pool.user = pool.host.substr(0, at);
    pool.host.erase(0, at + 1);
  }
  edit_config(keeper, [&](const std::string& text) { return pool::with_pool(text, pool); });
  keeper.terminal.line(
      fmt::format("Added {} ({}); try: rbee pool status --host {}", pool.name, address_text(pool), pool.name));
  keeper.terminal.document(pool_document(pool));
  return kDone;
}

int remove_pool(Keeper& keeper, const std::string& name) {
  edit_config(keeper, [&](const std::string& text) { return pool::without_pool(text, name); });
  keeper.terminal.line(fmt::format("Removed {}; nothing was changed on that machine", name));
  keeper.terminal.document({{"removed", name}});
  return kDone;
}

constexpr const char* kAddFooter = R"(
Examples:
  rbee pool add workstation ws.home.arpa
  rbee pool add mac me@mac.home.arpa --hive /opt/rbee/bin/rbee-hive
  rbee pool add lab --user ci --port 2222 --checkout ~/rbee

The entry goes into config.toml; the rest of that file stays as it is. What is not said here, ~/.ssh/config says.
Exit codes: 0 added, 1 failed, 2 wrong use or a name that is taken.)";

void add_add_command(CLI::App& pool, Invocation& invocation) {
  CLI::App* add = pool.add_subcommand("add", "Give a machine a name");
  auto known = std::make_shared<pool::KnownPool>();  // shared by parser and command
  auto port = std::make_shared<std::uint16_t>();
  add->add_option("name", known->name, "What you will call it")->required();
  add->add_option("address,--host", known->host, "Host name, address or alias of ~/.ssh/config (default: the name)");
  add->add_option("--user", known->user, "The user there (default: ssh's choice)");
  CLI::Option* port_option = add->add_option("--port", *port, "The SSH server's port (default: ssh's choice)");
  port_option->check(CLI::Range(1, 65535));
  add->add_option("--hive", known->hive, "Path of rbee-hive there (default: PATH, ~/.local/bin, ~/.rbee/bin)");
  add->add_option("--checkout", known->checkout, "Folder of rbee's source there, for 'pool git'");
  add->footer(kAddFooter);
  add->callback([&invocation, known, port, port_option] {
    if (port_option->count() > 0) known->port = *port;
    invocation.command = [known](Keeper& keeper) { return add_pool(keeper, *known); };
  });
}

}  // namespace

void add_pool_list_commands(CLI::App& pool, Invocation& invocation) {
  CLI::App* list = pool.add_subcommand("list", "The pools that have names");
  list->footer("\nExample:\n  rbee pool list --json\n\nExit codes: 0 done, 1 failed, 2 wrong use.");
  list->callback([&invocation] { invocation.command = list_pools; });
  add_add_command(pool, invocation);
  CLI::App* remove = pool.add_subcommand("remove", "Forget a pool's name; the machine stays as it is");
  auto name = std::make_shared<std::string>();  // shared by parser and command
  remove->add_option("name", *name, "The pool's name")->required();
  remove->footer("\nExample:\n  rbee pool remove workstation\n\nExit codes: 0 done, 1 no such pool, 2 wrong use.");
  remove->callback(
      [&invocation, name] { invocation.command = [name](Keeper& keeper) { return remove_pool(keeper, *name); }; });
}

}  // namespace rbee::keeper
