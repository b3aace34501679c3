#pragma once
// Byte units: literals and words for people.

#include <cstdint>
#include <string>

namespace rbee {

constexpr std::uint64_t operator""_KiB(unsigned long long n) {
  return n << 10;
}
constexpr std::uint64_t operator""_MiB(unsigned long long n) {
  return n << 20;
}
constexpr std::uint64_t operator""_GiB(unsigned long long n) {
  return n << 30;
}

/// "512 B", "1.5 MB", "2.2 GB": decimal units with one digit, as disk and model sizes are quoted.
std::string human_bytes(std::uint64_t bytes);

}  // namespace rbee
