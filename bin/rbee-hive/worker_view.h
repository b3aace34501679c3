#pragma once
// Workers as people and programs see them.

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "console/terminal.h"
#include "pool/worker_watch.h"

namespace rbee::hive {

/// The record with state, reason, url, memory and uptime.
boost::json::object worker_document(const pool::WorkerSighting& worker);

/// One line per worker under a heading.
std::string worker_table(const std::vector<pool::WorkerSighting>& workers, const console::Terminal& terminal);

/// "42 s", "3 min", "5 h 12 min", "2 d 3 h".
std::string duration_text(std::chrono::seconds duration);

/// "Loading: 12 of 24 layers, 512.0 MB of 1.0 GB".
std::string loading_text(const wire::WorkerReadiness& readiness);

}  // namespace rbee::hive
