#include "http_get.h"

#include <chrono>
#include <memory>

#include "base/error.h"
#include "base/units.h"
#include "net/client/http_client.h"

namespace rbee::hive {
namespace {

constexpr std::uint64_t kAnswerBytesMax = 1_MiB;
constexpr std::chrono::milliseconds kConnectTimeout{1'000}, kTotalTimeout{3'000};

}  // namespace

pool::HttpGet http_get() {
  // Shared by the copies of the returned function object only.
  auto client = std::make_shared<net::HttpClient>();
  return [client](const std::string& origin, std::string_view path) -> std::optional<std::string> {
    net::ClientRequest request;
    request.url = origin + std::string(path);
    request.connect_timeout = kConnectTimeout;
    request.total_timeout = kTotalTimeout;
    try {
      return client->fetch(request, kAnswerBytesMax).body;
    } catch (const Error&) {
      return std::nullopt;  // nobody there, too slow, or no HTTP: the caller judges by the process too
    }
  };
}

}  // namespace rbee::hive
