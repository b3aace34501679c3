#include "base/checksum.h"

#include <array>
#include <cstring>

namespace rbee {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlockBytes = kLanes * sizeof(std::uint64_t);
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio

// One to one in `state` for a given word and in `word` for a given state: no change is lost on the way.
std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
  const std::uint64_t product = (state ^ word) * kOdd;
  return product ^ product >> 29;
}

void add_block(std::array<std::uint64_t, kLanes>& lanes, const std::byte* at) {
  std::array<std::uint64_t, kLanes> words;
  std::memcpy(words.data(), at, sizeof words);
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = mixed(lanes[i], words[i]);
}

}  // namespace

std::uint64_t checksum64(std::span<const std::byte> bytes, std::uint64_t seed) {
  std::array<std::uint64_t, kLanes> lanes;
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = mixed(seed, i + 1);
  std::size_t done = 0;
  for (; bytes.size() - done >= kBlockBytes; done += kBlockBytes) add_block(lanes, bytes.data() + done);
  if (done < bytes.size()) {
    std::array<std::byte, kBlockBytes> rest{};
    std::memcpy(rest.data(), bytes.data() + done, bytes.size() - done);
    add_block(lanes, rest.data());
  }
  std::uint64_t sum = mixed(seed, bytes.size());  // the length tells padding from zeros
  for (const std::uint64_t lane : lanes) sum = mixed(sum, lane);
  return sum;
}

std::uint64_t checksum64(std::string_view text, std::uint64_t seed) {
  return checksum64(std::as_bytes(std::span<const char>(text)), seed);
}

}  // namespace rbee
