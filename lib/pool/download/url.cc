#include "pool/download/url.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '\\';
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// A name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return host.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), is_host_character);
}

unsigned default_port(std::string_view scheme) {
  return scheme == "https" ? 443 : 80;
}

// The port behind ':'; 0 when it is none.
unsigned port_of(std::string_view digits) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port <= 65535 ? port : 0;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
  if (text.size() > kUrlBytesMax || !std::all_of(text.begin(), text.end(), is_plain)) return std::nullopt;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme_ = lower_case(text.substr(0, colon));
  if (url.scheme_ != "http" && url.scheme_ != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  url.port_ = default_port(url.scheme_);
  const std::size_t port_colon = authority.rfind(':');
  if (port_colon != std::string_view::npos && authority.find(']', port_colon) == std::string_view::npos) {
    url.port_ = port_of(authority.substr(port_colon + 1));
    authority = authority.substr(0, port_colon);
  }
  url.host_ = lower_case(authority);
  if (url.port_ == 0 || !is_host(url.host_)) return std::nullopt;
  url.target_ = text.substr(authority_end);
  if (url.target_.starts_with('?')) url.target_.insert(0, "/");
  return url;
}

std::optional<Url> Url::resolve(std::string_view reference) const {
  const std::size_t colon = reference.find(':');
  if (colon != std::string_view::npos && reference.find_first_of("/?#") > colon) return parse(reference);
  if (reference.starts_with("//")) return parse(scheme_ + ":" + std::string(reference));
  if (reference.starts_with('/')) return parse(origin() + std::string(reference));
  const std::string path = target_.substr(0, target_.find('?'));
  const std::size_t slash = path.rfind('/');
  return parse(origin() + (slash == std::string::npos ? "/" : path.substr(0, slash + 1)) + std::string(reference));
}

Url Url::with_path(std::string_view path) const {
  Url longer = *this;
  while (longer.target_.ends_with('/')) longer.target_.pop_back();
  longer.target_ += path;
  return longer;
}

bool Url::is_loopback() const {
  if (host_ == "localhost" || host_ == "[::1]") return true;
  const bool digits = host_.find_first_not_of("0123456789.") == std::string::npos;
  return digits && host_.starts_with("127.");
}

bool Url::same_origin(const Url& other) const {
  return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
}

std::string Url::origin() const {
  if (port_ == default_port(scheme_)) return scheme_ + "://" + host_;
  return fmt::format("{}://{}:{}", scheme_, host_, port_);
}

std::string url_escaped(std::string_view text, KeepSlash slash) {
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || (c == '/' && slash == KeepSlash::kYes);
    if (plain) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace rbee::pool::download
