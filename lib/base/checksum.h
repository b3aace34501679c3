#pragma once
// A fast checksum against accidents: torn writes, bad disks, files of another time. Not against people.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rbee {

/// 64 bits over `bytes`; another `seed` gives another checksum. Any change within 8 aligned bytes changes it for
/// certain, any other one but for one chance in 2^64. At the speed of memory: eight lanes of 64 bits, each multiplied
/// by an odd number and mixed. Little endian machines only agree with each other.
std::uint64_t checksum64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
std::uint64_t checksum64(std::string_view text, std::uint64_t seed = 0);

}  // namespace rbee
