#pragma once
// One connection of a client: requests read, answers written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"

namespace rbee::hub {

struct Request {
  std::string method, path, query;  ///< path with %XX decoded
  std::string target;               ///< as it came
  std::string range, authorization, host, body;
};

struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// How the bytes of a file go out.
struct SendPlan {
  std::uint64_t begin = 0, end = 0;                  ///< of the file
  std::optional<std::uint64_t> drop_at, corrupt_at;  ///< bytes of the file
  std::uint64_t bytes_per_second = 0;                ///< 0: as fast as it goes
};

/// One thread.
class HttpConnection {
 public:
  explicit HttpConnection(FileDescriptor socket) : socket_(std::move(socket)) {}

  /// The next request; nothing when the client is gone or sends no HTTP.
  std::optional<Request> read_request();
  /// False when the client is gone. The length is the body's, but for a HEAD request.
  bool send(const Answer& answer, const Request& request);
  /// The head with the length `bytes`; the body follows by send_file() or send_raw().
  bool send_head(const Answer& answer, std::optional<std::uint64_t> bytes);
  /// False when the connection must end: the client is gone, or the plan drops it.
  bool send_file(int file, const SendPlan& plan);
  bool send_raw(std::string_view bytes);

 private:
  bool send_range(int file, std::uint64_t begin, std::uint64_t end, std::uint64_t bytes_per_second);

  FileDescriptor socket_;
  std::string buffer_;
};

}  // namespace rbee::hub
