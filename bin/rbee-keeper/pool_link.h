#pragma once
// A pool session that also streams, and runs other programs than rbee-hive.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pool_session.h"

namespace rbee::keeper {

/// A program on a pool.
struct PoolCommand {
  std::string program;                 ///< empty: the pool's rbee-hive
  std::vector<std::string> arguments;  ///< arrive byte for byte
  std::string folder;                  ///< where it runs, "~/" is the pool's home; empty: anywhere
};

/// Where its output goes, piece by piece in the calling thread, and when it is ended early.
struct CommandStreams {
  std::function<void(std::string_view)> output, errors;  ///< where one is empty: to that output of this process
  std::function<bool()> ends_now;                        ///< may be empty
};

/// Implemented directly on this machine and over ssh. Any thread.
class PoolLink : public PoolSession {
 public:
  /// Runs the command to its end and returns its exit code. Throws Error: kUnavailable (not reached, no such program
  /// there), kCancelled (`ends_now` said so; the command has been ended).
  virtual int run(const PoolCommand& command, const CommandStreams& streams) = 0;

  HiveOutcome hive(const std::vector<std::string>& arguments, std::chrono::seconds timeout) final;
};

}  // namespace rbee::keeper
