#include "peaks/read_patterns.h"

#include <cstddef>

namespace rbee::peaks {
namespace {

// Eight words, as one register or several: what the compiler makes of it depends on the target of the function around.
using Line __attribute__((vector_size(64))) = std::uint64_t;

constexpr std::size_t kLineWords = 8;
constexpr std::size_t kStreams = 4;
constexpr std::size_t kPrefetchWords = 64 * kLineWords;  // 4 KiB ahead: beyond what hardware prefetchers run ahead

template <std::size_t kStreamCount, std::size_t kAhead>
[[gnu::always_inline]] inline std::uint64_t sum_lines(std::span<const std::uint64_t> words) {
  const auto* const lines = reinterpret_cast<const Line*>(words.data());
  const std::size_t per_stream = words.size() / kLineWords / kStreamCount;
  Line sums[4] = {};
  for (std::size_t i = 0; i < per_stream; i += 4 / kStreamCount) {
    for (std::size_t k = 0; k < 4; ++k) {
      const Line* const line = lines + (k % kStreamCount) * per_stream + i + k / kStreamCount;
      if constexpr (kAhead > 0) __builtin_prefetch(line + kAhead / kLineWords, 0, 0);
      sums[k] += *line;
    }
  }
  const Line sum = sums[0] + sums[1] + sums[2] + sums[3];
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kLineWords; ++i) total += sum[i];
  return total;
}

#if defined(__x86_64__)
#define RBEE_WIDE(isa) __attribute__((target(isa)))
#else
#define RBEE_WIDE(isa)
#endif

struct Portable {
  static std::uint64_t one(std::span<const std::uint64_t> words) { return sum_lines<1, 0>(words); }
  static std::uint64_t ahead(std::span<const std::uint64_t> words) { return sum_lines<1, kPrefetchWords>(words); }
  static std::uint64_t four(std::span<const std::uint64_t> words) { return sum_lines<kStreams, 0>(words); }
};

struct Wide {
  RBEE_WIDE("avx512f") static std::uint64_t one(std::span<const std::uint64_t> words) { return sum_lines<1, 0>(words); }
  RBEE_WIDE("avx512f") static std::uint64_t ahead(std::span<const std::uint64_t> words) {
    return sum_lines<1, kPrefetchWords>(words);
  }
  RBEE_WIDE("avx512f") static std::uint64_t four(std::span<const std::uint64_t> words) {
    return sum_lines<kStreams, 0>(words);
  }
};

template <typename Kind>
std::vector<ReadPattern> patterns_of() {
  return {{.name = "one stream", .read = Kind::one},
          {.name = "one stream, prefetched", .read = Kind::ahead},
          {.name = "four streams", .read = Kind::four}};
}

}  // namespace

std::vector<ReadPattern> read_patterns() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return patterns_of<Wide>();
#endif
  return patterns_of<Portable>();
}

}  // namespace rbee::peaks
