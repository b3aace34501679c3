// A hub of models for tests and measurements: serves ROOT/org/name/… over the routes that downloads use.

#include <cstdio>
#include <cstring>
#include <list>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/error.h"
#include "hub_routes.h"

namespace rbee::hub {
namespace {

constexpr std::string_view kUsage =
    "usage: hub_stand_in --root DIR [--port P] [--faults FILE] [--log FILE] [--page N] [--with-parent]\n"
    "Serves DIR/org/name/... as a hub of models on 127.0.0.1; prints its address once every file is hashed.\n"
    "--with-parent: ends with the process that started it. Faults: see the README beside the source.\n";

struct Flags {
  HubOptions options;
  std::uint16_t port = 0;
  bool with_parent = false, good = true;
};

Flags parse_flags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc && flags.good; ++i) {
    const std::string name = argv[i];
    if (name == "--with-parent") {
      flags.with_parent = true;
      continue;
    }
    const std::string value = i + 1 < argc ? argv[++i] : "";
    if (name == "--root") {
      flags.options.root = value;
    } else if (name == "--port") {
      flags.port = static_cast<std::uint16_t>(std::stoul(value));
    } else if (name == "--faults") {
      flags.options.faults = value;
    } else if (name == "--log") {
      flags.options.log = value;
    } else if (name == "--page") {
      flags.options.page = std::stoul(value);
    } else {
      flags.good = false;
    }
  }
  flags.good = flags.good && !flags.options.root.empty();
  return flags;
}

FileDescriptor listen_on(std::uint16_t& port) {
  FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener.get(), 128) != 0) {
    fail(ErrorKind::kIo, "port {}: {}", port, std::strerror(errno));
  }
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

// A thread per connection; those that are done are joined when the next client comes.
class Connections {
 public:
  explicit Connections(HubRoutes& routes) : routes_(routes) {}

  void add(FileDescriptor socket) {
    std::erase_if(running_, [](Running& running) {
      if (running.done) running.thread.join();
      return running.done.load();
    });
    Running& running = running_.emplace_back();
    running.thread = std::thread([this, &running, taken = std::move(socket)]() mutable {
      HttpConnection connection(std::move(taken));
      try {
        for (auto request = connection.read_request(); request; request = connection.read_request()) {
          if (!routes_.serve(connection, *request)) break;
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "hub_stand_in: %s\n", error.what());
      }
      running.done = true;
    });
  }

 private:
  struct Running {
    std::thread thread;
    std::atomic<bool> done{false};
  };
  HubRoutes& routes_;
  std::list<Running> running_;
};

int run(int argc, char** argv) {
  Flags flags = parse_flags(argc, argv);
  if (!flags.good) {
    std::fputs(std::string(kUsage).c_str(), stderr);
    return 2;
  }
  if (flags.with_parent) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  const FileDescriptor listener = listen_on(flags.port);
  flags.options.storage_origin = fmt::format("http://localhost:{}", flags.port);
  HubRoutes routes(flags.options);
  routes.hash_all();
  std::printf("listening on http://127.0.0.1:%u\n", unsigned{flags.port});
  std::fflush(stdout);
  Connections connections(routes);
  while (true) {  // until a signal ends it
    FileDescriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.valid()) connections.add(std::move(socket));
  }
}

}  // namespace
}  // namespace rbee::hub

int main(int argc, char** argv) {
  try {
    return rbee::hub::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hub_stand_in: %s\n", error.what());
    return 1;
  }
}
