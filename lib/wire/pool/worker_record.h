#pragma once
// What is known of a worker process: the file runtime/workers/<id>.json.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace rbee::wire {

/// `{"worker_id","pid","backend","gpu","model_id","port","started_at","version"}` and what tells this process from any
/// other: pid_start_time with boot_id (base/process_info.h), and the nonce that the worker repeats in /health.
struct WorkerRecord {
  std::string worker_id;
  int pid = 0;
  std::string backend;
  std::uint32_t gpu = 0;
  std::string model_id;
  std::uint16_t port = 0;
  std::string host = "127.0.0.1";  ///< the address it listens on
  std::string started_at;          ///< RFC 3339, UTC
  std::string version;             ///< of the program that started it
  std::uint64_t pid_start_time = 0;
  std::string boot_id;
  std::string nonce;
  std::string model_path;     ///< absolute
  std::string end_reason;     ///< why it ended, once it was seen dead and its log told; else empty and not in the file
  boost::json::object other;  ///< fields that this version does not know
};

boost::json::value to_json(const WorkerRecord& record);

/// Reads a whole record file. `source` names it in errors. Throws Error{kBadFile}.
WorkerRecord parse_worker_record(std::string_view text, std::string_view source);

}  // namespace rbee::wire
