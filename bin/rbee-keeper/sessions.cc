#include "sessions.h"

#include "local_link.h"
#include "pool/ssh/ssh_target.h"
#include "ssh_link.h"

namespace rbee::keeper {

std::unique_ptr<PoolLink> open_link(const Keeper& keeper, const std::string& pool_name) {
  if (pool_name == "localhost") return std::make_unique<LocalLink>(keeper);
  if (const pool::KnownPool* known = keeper.config.find(pool_name)) return std::make_unique<SshLink>(keeper, *known);
  const pool::SshTarget target = pool::parse_ssh_target(pool_name);
  return std::make_unique<SshLink>(keeper,
                                   pool::KnownPool{.name = pool_name, .host = target.host(), .user = target.user()});
}

std::unique_ptr<PoolSession> open_session(const Keeper& keeper, const std::string& pool_name) {
  return open_link(keeper, pool_name);
}

std::vector<std::string> known_pools(const Keeper& keeper) {
  std::vector<std::string> names = {"localhost"};
  for (const std::string& name : keeper.config.names()) names.push_back(name);
  return names;
}

}  // namespace rbee::keeper
