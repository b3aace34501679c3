#include "pool/synth/random_weights.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include "base/check.h"

namespace rbee::pool::synth {
namespace {

constexpr std::size_t kQuantiles = 65536;
constexpr std::uint64_t kValuesPerWord = 4;  // 16 random bits each
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

// The finalizer of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// The z with P(N(0,1) < z) = p, by Newton's method from `near`.
double normal_quantile(double p, double near) {
  double z = near;
  for (int step = 0; step < 20; ++step) {
    const double below = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    const double change = (below - p) / density;
    z -= change;
    if (std::fabs(change) < 1e-12) break;
  }
  return z;
}

// Quantile of every index; the upper half from the middle outwards, the lower by symmetry.
std::vector<double> standard_quantiles() {
  std::vector<double> z(kQuantiles);
  double near = 0;
  for (std::size_t i = kQuantiles / 2; i < kQuantiles; ++i) {
    near = normal_quantile((static_cast<double>(i) + 0.5) / kQuantiles, near);
    z[i] = near;
    z[kQuantiles - 1 - i] = -near;
  }
  return z;
}

template <typename Element>
void fill(const std::vector<Element>& table, std::uint64_t key, std::uint64_t word, std::span<std::byte> out) {
  std::size_t at = 0;
  while (at < out.size()) {
    std::uint64_t bits = mixed(key + word * kGolden);
    ++word;
    Element values[kValuesPerWord];
    for (Element& value : values) {
      value = table[bits & 0xFFFF];
      bits >>= 16;
    }
    const std::size_t bytes = std::min(sizeof values, out.size() - at);
    std::memcpy(out.data() + at, values, bytes);
    at += bytes;
  }
}

}  // namespace

std::uint64_t element_bytes(ElementType type) {
  return type == ElementType::kF32 ? 4 : 2;
}

NormalTable::NormalTable(double mean, double deviation, ElementType type) {
  for (const double z : standard_quantiles()) {
    const auto value = static_cast<float>(mean + deviation * z);
    if (type == ElementType::kF32) wide_.push_back(value);
    if (type == ElementType::kBF16) narrow_.push_back(to_bfloat16(value));
    if (type == ElementType::kF16) narrow_.push_back(to_half(value));
  }
}

void NormalTable::draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t first_value,
                       std::span<std::byte> out) const {
  RBEE_CHECK(first_value % kValuesPerWord == 0);
  const std::uint64_t key = mixed(mixed(seed + kGolden) + stream * kGolden);
  const std::uint64_t word = first_value / kValuesPerWord;
  narrow_.empty() ? fill(wide_, key, word, out) : fill(narrow_, key, word, out);
}

std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
  const float magnitude = std::fabs(value);
  // Below 2^-14 a half counts in steps of 2^-24; from there on it has 10 bits of fraction.
  if (magnitude < 0x1p-14F)
    return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24F)));
  const std::uint32_t rounded = (bits & 0x7FFFFFFF) + 0x0FFF + ((bits >> 13) & 1);
  return static_cast<std::uint16_t>(sign | ((rounded - ((127 - 15) << 23)) >> 13));
}

}  // namespace rbee::pool::synth
