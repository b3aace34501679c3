#pragma once
// A pool over the system's ssh, on one shared connection.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "keeper.h"
#include "pool/ssh/ssh_arguments.h"
#include "pool_link.h"
#include "ssh_tunnel.h"

namespace rbee::keeper {

class SshLink final : public PoolLink {
 public:
  /// `pool` is sound; `keeper` outlives this. Nothing is connected yet. Throws Error{kNotFound}: no ssh program.
  SshLink(const Keeper& keeper, pool::KnownPool pool);

  const std::string& name() const override { return pool_.name; }
  int run(const PoolCommand& command, const CommandStreams& streams) override;
  std::string worker_origin(const std::string& host, std::uint16_t port) override;

 private:
  std::vector<std::string> candidates(const PoolCommand& command) const;
  [[noreturn]] void fail_without_program(const PoolCommand& command) const;
  std::string tunnel_origin(const std::string& host, std::uint16_t port);

  // Constant after construction.
  const Keeper& keeper_;
  const pool::KnownPool pool_;
  const SshProgram ssh_;
  const pool::SshRoute route_;
  // Guarded by mutex_: by "host:port" over there.
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<SshTunnel>> tunnels_;
};

}  // namespace rbee::keeper
