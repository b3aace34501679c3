#include "pool/ids.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "base/printable.h"
#include "pool/limits.h"

namespace rbee::pool {
namespace {

constexpr std::array<std::string_view, 5> kBackends = {"cpu", "cuda", "metal", "vulkan", "reference"};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_id_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(), is_id_character);
}

std::string_view check_id(std::string_view id, std::string_view what) {
  if (is_id(id)) return id;
  fail(ErrorKind::kBadRequest,
       "'{}' is no {}: expected 1 to {} letters, digits, '.', '_' or '-', beginning with a letter or digit",
       printable(id, 60), what, kIdBytesMax);
}

std::string id_from_name(std::string_view name) {
  std::string id;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_id_character(lower) ? !id.empty() || is_alphanumeric(lower) : !id.empty() && id.back() != '-') {
      id += is_id_character(lower) ? lower : '-';
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  id.resize(std::min(id.size(), kIdBytesMax));
  return id.empty() ? "model" : id;
}

bool is_backend(std::string_view name) {
  return std::find(kBackends.begin(), kBackends.end(), name) != kBackends.end();
}

std::string_view check_backend(std::string_view name) {
  if (is_backend(name)) return name;
  fail(ErrorKind::kBadRequest, "'{}' is no backend: expected cpu, cuda, metal, vulkan or reference",
       printable(name, 60));
}

std::string default_worker_id(std::string_view backend, std::uint32_t gpu) {
  return fmt::format("worker-{}-{}", backend, gpu);
}

std::uint16_t default_port(std::uint32_t gpu) {
  RBEE_CHECK(gpu <= kGpuMax);
  return static_cast<std::uint16_t>(kFirstPort + gpu);
}

}  // namespace rbee::pool
