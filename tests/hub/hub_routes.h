#pragma once
// The routes of a hub, with faults on demand and a log of what was asked.

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "faults.h"
#include "http_connection.h"
#include "repository.h"

namespace rbee::hub {

struct HubOptions {
  std::filesystem::path root;
  std::filesystem::path faults;  ///< empty: none but those given by request
  std::filesystem::path log;     ///< empty: kept in memory only
  std::size_t page = 1000;       ///< files per page of the tree
  std::string storage_origin;    ///< "http://localhost:8080": where large files are; another host than the hub's
};

/// Answers requests. Any thread.
class HubRoutes {
 public:
  explicit HubRoutes(HubOptions options) : options_(std::move(options)), faults_(options_.faults) {}

  /// Answers one request. False when the connection must end.
  bool serve(HttpConnection& connection, const Request& request);
  /// Hashes every file under the root, so that the first request need not wait for it.
  void hash_all();

 private:
  bool control(HttpConnection& connection, const Request& request);
  bool serve_info(HttpConnection& connection, const Request& request, const std::string& rest);
  bool serve_tree(HttpConnection& connection, const Request& request, const std::string& name,
                  const std::string& revision, const std::vector<Fault>& faults);
  bool serve_file(HttpConnection& connection, const Request& request, const std::string& path);
  bool send_bytes(HttpConnection& connection, const Request& request, const HubFile& file, Answer answer,
                  const std::vector<Fault>& faults);
  bool broken_by_fault(HttpConnection& connection, const Request& request, const std::vector<Fault>& faults,
                       bool& keeps_connection) const;
  std::vector<Fault> faults_of(const Request& request, std::string on, std::string path, bool sends_bytes);
  void log(const Request& request);

  const HubOptions options_;
  Faults faults_;
  DigestCache digests_;
  std::mutex mutex_;
  std::string log_;  // guarded by mutex_; one line of JSON per request
};

}  // namespace rbee::hub
