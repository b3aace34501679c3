#include "http_connection.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

namespace rbee::hub {
namespace {

constexpr std::size_t kHeadMax = 64 << 10, kBodyMax = 1 << 20;
constexpr std::uint64_t kPiece = 1 << 20;
constexpr int kSlicesPerSecond = 20;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The value of the header `name` (with ": ") in `head`; case does not count.
std::string header(std::string_view head, std::string_view name) {
  const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
  const std::string wanted = "\r\n" + std::string(name) + ":";
  const auto found = std::search(head.begin(), head.end(), wanted.begin(), wanted.end(), same);
  if (found == head.end()) return "";
  std::string_view rest = head.substr(static_cast<std::size_t>(found - head.begin()) + wanted.size());
  rest = rest.substr(0, rest.find("\r\n"));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return std::string(rest);
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 206:
      return "Partial Content";
    case 302:
      return "Found";
    case 404:
      return "Not Found";
    default:
      return "Status";
  }
}

}  // namespace

std::optional<Request> HttpConnection::read_request() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    char piece[8192];
    const ssize_t n = ::recv(socket_.get(), piece, sizeof piece, 0);
    if (n <= 0 || buffer_.size() > kHeadMax) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(n));
  }
  const std::string head = buffer_.substr(0, end + 2);
  Request request;
  const std::size_t first = head.find(' '), second = head.find(' ', first + 1);
  if (first == std::string::npos || second == std::string::npos) return std::nullopt;
  request.method = head.substr(0, first);
  request.target = head.substr(first + 1, second - first - 1);
  const std::size_t question = std::min(request.target.find('?'), request.target.size());
  request.path = decoded(request.target.substr(0, question));
  request.query = question < request.target.size() ? request.target.substr(question + 1) : "";
  request.range = header(head, "range");
  request.authorization = header(head, "authorization");
  request.host = header(head, "host");
  buffer_.erase(0, end + 4);
  const std::string length = header(head, "content-length");
  const std::size_t bytes = length.empty() ? 0 : std::stoul(length);
  if (bytes > kBodyMax) return std::nullopt;
  while (buffer_.size() < bytes) {
    char piece[8192];
    const ssize_t n = ::recv(socket_.get(), piece, sizeof piece, 0);
    if (n <= 0) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(n));
  }
  request.body = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return request;
}

bool HttpConnection::send_head(const Answer& answer, std::optional<std::uint64_t> bytes) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  text += bytes ? fmt::format("Content-Length: {}\r\n\r\n", *bytes) : "Connection: close\r\n\r\n";
  return send_raw(text);
}

bool HttpConnection::send(const Answer& answer, const Request& request) {
  return send_head(answer, answer.body.size()) && (request.method == "HEAD" || send_raw(answer.body));
}

bool HttpConnection::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool HttpConnection::send_range(int file, std::uint64_t begin, std::uint64_t end, std::uint64_t bytes_per_second) {
  auto offset = static_cast<off_t>(begin);
  while (static_cast<std::uint64_t>(offset) < end) {
    std::uint64_t piece = std::min<std::uint64_t>(kPiece, end - static_cast<std::uint64_t>(offset));
    if (bytes_per_second > 0) {
      piece =
          std::clamp<std::uint64_t>(bytes_per_second / kSlicesPerSecond, 1, end - static_cast<std::uint64_t>(offset));
      std::this_thread::sleep_for(std::chrono::milliseconds(1000 / kSlicesPerSecond));
    }
    const ssize_t n = ::sendfile(socket_.get(), file, &offset, piece);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
  }
  return true;
}

bool HttpConnection::send_file(int file, const SendPlan& plan) {
  std::uint64_t at = plan.begin;
  const std::uint64_t end = plan.drop_at ? std::clamp(*plan.drop_at, plan.begin, plan.end) : plan.end;
  if (plan.corrupt_at && *plan.corrupt_at >= at && *plan.corrupt_at < end) {
    char byte = 0;
    if (!send_range(file, at, *plan.corrupt_at, plan.bytes_per_second)) return false;
    if (::pread(file, &byte, 1, static_cast<off_t>(*plan.corrupt_at)) != 1) return false;
    byte = static_cast<char>(~byte);
    if (!send_raw(std::string_view(&byte, 1))) return false;
    at = *plan.corrupt_at + 1;
  }
  return send_range(file, at, end, plan.bytes_per_second) && end == plan.end;
}

}  // namespace rbee::hub
