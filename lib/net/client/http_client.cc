#include "net/client/http_client.h"

#include <algorithm>
#include <exception>

#include <curl/curl.h>

#include "base/check.h"
#include "base/error.h"

namespace rbee::net {
namespace {

// A head this large is no answer of a sane server.
constexpr std::size_t kHeadBytesMax = 256_KiB;
constexpr long kReceiveBufferBytes = 512 * 1024;

void start_curl_once() {
  static const CURLcode result = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  RBEE_CHECK(result == CURLE_OK);
}

class HeaderList {
 public:
  explicit HeaderList(const ClientRequest& request) {
    for (const auto& [name, value] : request.headers) {
      const std::string line = name + ": " + value;
      if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        fail(ErrorKind::kBadRequest, "header '{}': a value may not hold line breaks", name);
      }
      append(line.c_str());
    }
    append("Expect:");  // no 100-continue round trip
  }
  ~HeaderList() { ::curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  curl_slist* get() const { return list_; }

 private:
  void append(const char* line) {
    curl_slist* longer = ::curl_slist_append(list_, line);
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* list_ = nullptr;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// One answer on its way. curl's callbacks are C: exceptions are kept and thrown again afterwards.
class Transfer {
 public:
  Transfer(CURL* curl, const ResponseReceiver& receiver) : curl_(curl), receiver_(receiver) {}

  static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self) {
    return static_cast<Transfer*>(self)->guarded(
        bytes, [=](Transfer& transfer) { return transfer.take_header_line(std::string_view(data, bytes)); });
  }
  static std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* self) {
    return static_cast<Transfer*>(self)->guarded(bytes, [=](Transfer& transfer) {
      const auto& receive = transfer.receiver_.on_body;
      return receive ? receive(std::string_view(data, bytes)) : Flow::kContinue;
    });
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const std::size_t done = static_cast<Transfer*>(self)->guarded(1, [](Transfer& transfer) {
      return transfer.receiver_.on_wait ? transfer.receiver_.on_wait() : Flow::kContinue;
    });
    return done == 1 ? 0 : 1;
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
    if (stopped_) fail(ErrorKind::kCancelled, "the transfer was stopped");
  }
  const ResponseHead& head() const { return head_; }

 private:
  template <typename Action>
  std::size_t guarded(std::size_t taken, const Action& action) {
    try {
      if (action(*this) == Flow::kContinue) return taken;
      stopped_ = true;
    } catch (...) {
      thrown_ = std::current_exception();
    }
    return taken + 1;  // any other number stops curl
  }

  Flow take_header_line(std::string_view line) {
    head_bytes_ += line.size();
    if (head_bytes_ > kHeadBytesMax) fail(ErrorKind::kIo, "the answer's head is longer than {} bytes", kHeadBytesMax);
    if (line.starts_with("HTTP/")) {
      head_ = {};
      return Flow::kContinue;
    }
    if (const std::string_view text = trimmed(line); !text.empty()) {
      const std::size_t colon = text.find(':');
      if (colon != std::string_view::npos && !head_done_) {
        head_.headers.emplace_back(lower_case(text.substr(0, colon)), trimmed(text.substr(colon + 1)));
      }
      return Flow::kContinue;
    }
    long status = 0;
    ::curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || head_done_) return Flow::kContinue;  // interim answers; trailers
    head_done_ = true;
    head_.status = static_cast<int>(status);
    return receiver_.on_head ? receiver_.on_head(head_) : Flow::kContinue;
  }

  CURL* curl_;
  const ResponseReceiver& receiver_;
  ResponseHead head_;
  std::size_t head_bytes_ = 0;
  bool head_done_ = false;
  bool stopped_ = false;
  std::exception_ptr thrown_;
};

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return ErrorKind::kBadRequest;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kIo;
  }
}

}  // namespace

class HttpClient::Handle {
 public:
  Handle() : curl_((start_curl_once(), ::curl_easy_init())) {
    if (curl_ == nullptr) throw std::bad_alloc();
  }
  ~Handle() { ::curl_easy_cleanup(curl_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = ::curl_easy_setopt(curl_, option, value);
    if (code != CURLE_OK) fail(ErrorKind::kIo, "libcurl: option {}: {}", int{option}, ::curl_easy_strerror(code));
  }

  // Options of the last request go; connections stay.
  void prepare(const ClientRequest& request, const HeaderList& headers, char* error_text) {
    ::curl_easy_reset(curl_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_ERRORBUFFER, error_text);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
    ::curl_easy_setopt(curl_, CURLOPT_BUFFERSIZE, kReceiveBufferBytes);  // a wish: refused while a buffer is in use
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    if (request.proxy == ClientRequest::Proxy::kNone) set(CURLOPT_NOPROXY, "*");
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }
  CURL* get() const { return curl_; }

 private:
  CURL* curl_;
};

HttpClient::HttpClient() : handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

std::optional<std::string> ResponseHead::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [=](const auto& field) { return field.first == name; });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

ResponseHead HttpClient::send(const ClientRequest& request, const ResponseReceiver& receiver) {
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
    fail(ErrorKind::kBadRequest, "'{}' is no http:// or https:// address", request.url);
  }
  const HeaderList headers(request);
  char error_text[CURL_ERROR_SIZE] = "";
  handle_->prepare(request, headers, error_text);
  Transfer transfer(handle_->get(), receiver);
  handle_->set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  handle_->set(CURLOPT_HEADERDATA, &transfer);
  handle_->set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  handle_->set(CURLOPT_WRITEDATA, &transfer);
  handle_->set(CURLOPT_NOPROGRESS, 0L);
  handle_->set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  handle_->set(CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = ::curl_easy_perform(handle_->get());
  transfer.rethrow();
  if (code != CURLE_OK) {
    const std::string_view reason = error_text[0] != '\0' ? error_text : ::curl_easy_strerror(code);
    fail(kind_of(code), "{}: {}", request.url, reason);
  }
  return transfer.head();
}

ClientResponse HttpClient::fetch(const ClientRequest& request, std::uint64_t bytes_max) {
  ClientResponse response;
  ResponseReceiver receiver;
  receiver.on_body = [&](std::string_view piece) {
    if (response.body.size() + piece.size() > bytes_max) {
      fail(ErrorKind::kIo, "{}: the answer is longer than {} bytes", request.url, bytes_max);
    }
    response.body.append(piece);
    return Flow::kContinue;
  };
  response.head = send(request, receiver);
  return response;
}

std::string url_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace rbee::net
