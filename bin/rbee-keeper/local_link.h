#pragma once
// The pool of this machine: no ssh.

#include "keeper.h"
#include "pool_link.h"

namespace rbee::keeper {

class LocalLink final : public PoolLink {
 public:
  /// `keeper` outlives it.
  explicit LocalLink(const Keeper& keeper) : keeper_(keeper) {}

  const std::string& name() const override { return name_; }
  int run(const PoolCommand& command, const CommandStreams& streams) override;
  std::string worker_origin(const std::string& host, std::uint16_t port) override;

 private:
  const Keeper& keeper_;
  const std::string name_ = "localhost";
};

}  // namespace rbee::keeper
