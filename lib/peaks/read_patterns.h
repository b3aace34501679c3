#pragma once
// Ways to read memory once, from its beginning to its end.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rbee::peaks {

/// Reads every word; returns their sum, so that no read can be left out.
struct ReadPattern {
  std::string_view name;
  std::uint64_t (*read)(std::span<const std::uint64_t> words);
};

/// Words in a span are a multiple of this.
constexpr std::size_t kReadWords = 4096;

/// One stream, one with prefetches ahead, four streams side by side: with the widest loads that the processor has.
std::vector<ReadPattern> read_patterns();

}  // namespace rbee::peaks
