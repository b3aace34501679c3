// A stand-in for llm-worker-rbee that loads nothing: it takes the same flags and answers /health and /ready. What it
// does follows from the beginning of its --worker-id: crash (ends at once with a message), slow (loads for a while),
// stall (loads for ever), deaf (ignores SIGTERM); anything else is ready at once.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Flags = std::map<std::string, std::string>;

constexpr std::chrono::milliseconds kSlowLoad{700};
constexpr int kLayers = 10;

std::string health(const Flags& flags) {
  return R"({"status":"healthy","worker_id":")" + flags.at("--worker-id") + R"(","model":")" + flags.at("--model-id") +
         R"(","backend":"cpu","gpu":0,"state":"idle","nonce":")" + flags.at("--nonce") + R"(","pid":)" +
         std::to_string(::getpid()) + R"(,"port":)" + flags.at("--port") + R"(,"vram_bytes":0,"rss_bytes":1,)" +
         R"("rss_peak_bytes":1,"uptime_seconds":1.0,"version":"0"})";
}

std::string readiness(const std::string& id, std::chrono::steady_clock::time_point started) {
  const auto age = std::chrono::steady_clock::now() - started;
  const bool loading = id.starts_with("stall") || (id.starts_with("slow") && age < kSlowLoad);
  if (!loading) return R"({"ready":true,"state":"idle","running":0,"waiting":0})";
  const int layers = id.starts_with("stall") ? 3 : static_cast<int>(kLayers * age / kSlowLoad);
  return R"({"ready":false,"state":"loading","running":0,"waiting":0,"progress":{"layers_done":)" +
         std::to_string(layers) + R"(,"layers_total":10,"bytes_done":)" + std::to_string(layers * 100) +
         R"(,"bytes_total":1000}})";
}

void answer(int connection, const Flags& flags, std::chrono::steady_clock::time_point started) {
  char buffer[4096];
  const ssize_t n = ::recv(connection, buffer, sizeof buffer - 1, 0);
  const std::string request(buffer, n > 0 ? static_cast<std::size_t>(n) : 0);
  const std::string body =
      request.starts_with("GET /health ") ? health(flags) : readiness(flags.at("--worker-id"), started);
  const std::string reply =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
  ::close(connection);
}

int listen_on(const Flags& flags) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(flags.at("--port"))));
  ::inet_pton(AF_INET, flags.at("--host").c_str(), &address.sin_addr);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 64) != 0) {
    std::fprintf(stderr, "cannot listen on port %s: %s\n", flags.at("--port").c_str(), std::strerror(errno));
    return -1;
  }
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  const std::string id = flags.at("--worker-id");
  for (char** entry = ::environ; *entry != nullptr; ++entry) std::fprintf(stderr, "env %s\n", *entry);
  std::fprintf(stderr, "fake worker %s with model %s\n", id.c_str(), flags.at("--model").c_str());
  if (id.starts_with("crash")) {
    std::fprintf(stderr, "cannot load: the weights are made of cheese\n");
    return 3;
  }
  if (id.starts_with("deaf")) std::signal(SIGTERM, SIG_IGN);
  const int listener = listen_on(flags);
  if (listener < 0) return 1;
  const auto started = std::chrono::steady_clock::now();
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection >= 0) answer(connection, flags, started);
  }
}
