#include "pool/download/hub_access.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "pool/download/limits.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultEndpoint = "https://huggingface.co";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

fs::path token_file(const Environment& environment) {
  if (const auto path = environment.get("HF_TOKEN_PATH")) return *path;
  if (const auto home = environment.get("HF_HOME")) return fs::path(*home) / "token";
  if (const auto cache = environment.get("XDG_CACHE_HOME")) return fs::path(*cache) / "huggingface" / "token";
  if (const auto home = environment.get("HOME")) return fs::path(*home) / ".cache" / "huggingface" / "token";
  return {};
}

std::string read_token(const Environment& environment) {
  if (const auto token = environment.get("HF_TOKEN")) return trimmed(*token);
  const fs::path file = token_file(environment);
  std::error_code error;
  if (file.empty() || !fs::is_regular_file(file, error)) return "";
  return trimmed(read_file(file, kTokenBytesMax));
}

bool is_true(const std::optional<std::string>& value) {
  constexpr std::array<std::string_view, 4> kTrue = {"1", "on", "yes", "true"};
  if (!value) return false;
  std::string lower = *value;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kTrue.begin(), kTrue.end(), lower) != kTrue.end();
}

}  // namespace

bool HubAccess::may_send_token_to(const Url& url) const {
  return !token.empty() && url.same_origin(endpoint) && (url.secure() || url.is_loopback());
}

HubAccess hub_access(const Environment& environment) {
  const std::string text = environment.get("HF_ENDPOINT").value_or(std::string(kDefaultEndpoint));
  const std::optional<Url> endpoint = Url::parse(text);
  if (!endpoint) {
    fail(ErrorKind::kBadRequest, "HF_ENDPOINT is '{}': expected http://host or https://host", printable(text, 100));
  }
  std::string token = read_token(environment);
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain || token.size() > kTokenBytesMax) {
    fail(ErrorKind::kBadRequest,
         "the hub's token (HF_TOKEN or its file) is no token: {} bytes, expected printable ones", token.size());
  }
  const bool offline = is_true(environment.get("HF_HUB_OFFLINE"));
  return {*endpoint, std::move(token), offline ? HubAccess::Network::kOffline : HubAccess::Network::kAllowed};
}

}  // namespace rbee::pool::download
