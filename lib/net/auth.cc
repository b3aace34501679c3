#include "net/auth.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace rbee::net {
namespace {

std::array<unsigned char, 32> sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view kBearer = "bearer ";
  if (scheme.size() != kBearer.size()) return false;
  for (std::size_t i = 0; i < kBearer.size(); ++i) {
    const char c = scheme[i] >= 'A' && scheme[i] <= 'Z' ? static_cast<char>(scheme[i] - 'A' + 'a') : scheme[i];
    if (c != kBearer[i]) return false;
  }
  return true;
}

}  // namespace

ApiKey::ApiKey(std::string_view key) : digest_(sha256(key)) {}

bool ApiKey::allows(std::optional<std::string_view> authorization) const {
  if (!authorization || !is_bearer(authorization->substr(0, 7))) return false;
  const std::array<unsigned char, 32> candidate = sha256(authorization->substr(7));
  return CRYPTO_memcmp(candidate.data(), digest_.data(), digest_.size()) == 0;
}

}  // namespace rbee::net
