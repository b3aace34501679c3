#pragma once
// What a worker is started with.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/log.h"
#include "engine/engine.h"
#include "net/limits.h"

namespace rbee::worker {

struct WorkerConfig {
  std::string worker_id;
  std::string model_id;  ///< what clients call the model; by default the name of its folder or file
  engine::EngineOptions engine;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<std::string> api_key;
  std::string nonce;
  LogLevel log_level = LogLevel::kInfo;
  std::chrono::milliseconds drain_deadline{30'000};
  net::HttpLimits http;
};

/// The program's version, from the build.
std::string version();

}  // namespace rbee::worker
