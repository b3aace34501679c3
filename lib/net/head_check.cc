#include "net/head_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace rbee::net {
namespace {

ErrorReply bad_head(std::string message) {
  return {400, "bad_request", std::move(message), ""};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The characters of a field name: RFC 9110 section 5.6.2, "token".
bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::optional<ErrorReply> check_line(std::string_view line, bool first) {
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\r') return bad_head("the request head has a CR that no LF follows");
    if (byte == 0x7f || (byte < 0x20 && byte != '\t')) return bad_head("the request head has a control character");
  }
  if (first || line.empty()) return std::nullopt;
  if (line[0] == ' ' || line[0] == '\t') return bad_head("a header field is folded over two lines");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return bad_head("a header line has no ':'");
  if (!is_token(line.substr(0, colon))) return bad_head("a header field's name is not a token");
  return std::nullopt;
}

// Every value of the field `name`, in order.
std::vector<std::string_view> field_values(std::string_view head, std::string_view name) {
  std::vector<std::string_view> values;
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t begin = at + 2, end = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, end == std::string_view::npos ? end : end - begin);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && lower(line.substr(0, colon)) == name) {
      values.push_back(trimmed(line.substr(colon + 1)));
    }
    at = end;
  }
  return values;
}

}  // namespace

HeadScan scan_head(std::string_view bytes, const HttpLimits& limits) {
  const ErrorReply too_large = {431, "header_too_large",
                                fmt::format("the request head is larger than {} bytes", limits.head_bytes_max), ""};
  const std::string_view visible = bytes.substr(0, limits.head_bytes_max);
  std::uint32_t lines = 0;
  for (std::size_t begin = 0;;) {
    const std::size_t lf = visible.find('\n', begin);
    if (lf == std::string_view::npos) {
      if (bytes.size() >= limits.head_bytes_max) return {0, too_large};
      if (visible.substr(begin).find('\0') != std::string_view::npos) {
        return {0, bad_head("the request head has a control character")};
      }
      return {};
    }
    if (lf == begin || visible[lf - 1] != '\r') return {0, bad_head("a line of the request head ends in a bare LF")};
    const std::string_view line = visible.substr(begin, lf - 1 - begin);
    if (line.empty()) {
      if (lines == 0) return {0, bad_head("the request line is empty")};
      return {lf + 1, std::nullopt};
    }
    if (std::optional<ErrorReply> error = check_line(line, lines == 0)) return {0, std::move(error)};
    if (++lines > limits.headers_max + 1) {
      return {0,
              ErrorReply{431, "header_too_large", fmt::format("more than {} header fields", limits.headers_max), ""}};
    }
    begin = lf + 1;
  }
}

BodyLength body_length(std::string_view head, const HttpLimits& limits) {
  const std::vector<std::string_view> encodings = field_values(head, "transfer-encoding");
  const std::vector<std::string_view> lengths = field_values(head, "content-length");
  BodyLength result;
  if (!encodings.empty() && !lengths.empty()) {
    result.error = bad_head("the request has both Content-Length and Transfer-Encoding");
  } else if (encodings.size() > 1 || (encodings.size() == 1 && lower(encodings[0]) != "chunked")) {
    result.error = bad_head("the only Transfer-Encoding that is understood is one \"chunked\"");
  } else if (lengths.size() > 1) {
    result.error = bad_head("the request has more than one Content-Length");
  } else if (encodings.size() == 1) {
    result.chunked = true;
  } else if (lengths.size() == 1) {
    const std::string_view digits = lengths[0];
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
      result.error = bad_head("Content-Length is not a number");
      return result;
    }
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    const bool huge = digits.size() - zeros > 18;  // 10^18 is far above any limit and far below 2^64
    result.bytes = huge || digits.size() == zeros ? 0 : std::stoull(std::string(digits.substr(zeros)));
    if (huge || result.bytes > limits.body_bytes_max) {
      result.error = ErrorReply{
          413, "body_too_large",
          fmt::format("the body has {} bytes, the limit is {}", digits.substr(zeros, 32), limits.body_bytes_max), ""};
    }
  }
  return result;
}

}  // namespace rbee::net
