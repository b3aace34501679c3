#include "hub_transport.h"

#include "net/client/http_client.h"

namespace rbee::hive {
namespace {

namespace dl = pool::download;

// A connection that gives not one byte a second for this long is broken.
constexpr std::chrono::seconds kStall{30};

net::Flow flow(dl::Flow said) {
  return said == dl::Flow::kContinue ? net::Flow::kContinue : net::Flow::kStop;
}

class CurlTransport final : public dl::Transport {
 public:
  dl::HttpHead get(const dl::HttpRequest& request, const dl::HttpReceiver& receiver) override {
    net::ClientRequest asked;
    asked.url = request.url;
    asked.headers = request.headers;
    asked.headers.emplace_back("User-Agent", "rbee-hive");
    asked.stall_timeout = kStall;
    asked.proxy = net::ClientRequest::Proxy::kSystem;
    net::ResponseReceiver taken;
    taken.on_head = [&](const net::ResponseHead& head) { return flow(receiver.on_head({head.status, head.headers})); };
    taken.on_body = [&](std::string_view piece) { return flow(receiver.on_body(piece)); };
    taken.on_wait = [&] { return flow(receiver.on_wait()); };
    const net::ResponseHead head = client_.send(asked, taken);
    return {head.status, head.headers};
  }

 private:
  net::HttpClient client_;
};

}  // namespace

dl::TransportFactory hub_transport() {
  return [] { return std::make_unique<CurlTransport>(); };
}

}  // namespace rbee::hive
