#include "engine/backend/cpu/isa.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/arm_features.h"
#include "base/error.h"
#include "base/instruction_probe.h"
#include "engine/backend/cpu/kernels/kernels.h"

namespace rbee::engine::cpu {
namespace {

constexpr std::array<std::string_view, 9> kNames{"portable",    "avx2", "avx2-vnni",    "avx512",   "avx512-vnni",
                                                 "avx512-bf16", "neon", "neon-dotprod", "neon-i8mm"};

std::string read_processor_name() {
#if defined(__x86_64__)
  // CPUID leaves 0x80000002..4 hold the brand string (Intel SDM vol. 2A, CPUID).
  std::array<unsigned, 12> words{};
  if (static_cast<unsigned>(__get_cpuid_max(0x80000000U, nullptr)) >= 0x80000004U) {
    for (unsigned i = 0; i < 3; ++i) {
      unsigned* w = words.data() + std::size_t{4} * i;
      __get_cpuid(0x80000002U + i, w, w + 1, w + 2, w + 3);
    }
  }
  std::array<char, sizeof(words) + 1> text{};
  std::memcpy(text.data(), words.data(), sizeof(words));
  std::string name = text.data();
  while (!name.empty() && name.back() == ' ') name.pop_back();
  while (!name.empty() && name.front() == ' ') name.erase(name.begin());
  return name.empty() ? "x86-64" : name;
#elif defined(__aarch64__)
  return "arm64";
#else
  return "unknown processor";
#endif
}

#if defined(__x86_64__)
// CPUID leaf 7, sub-leaf 1, EAX (Intel SDM vol. 2A): g++ 12 and clang 14 have no common names for these.
constexpr unsigned kAvxVnniBit = 1U << 4, kAvx512Bf16Bit = 1U << 5;

bool has_of_leaf_7_1(unsigned bit) {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & bit) != 0;
}

bool is_amd() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(0, &a, &b, &c, &d) != 0 && b == signature_AMD_ebx;
}
#endif

}  // namespace

std::string_view isa_name(Isa isa) {
  return kNames[static_cast<std::size_t>(isa)];
}

std::optional<Isa> parse_isa(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Isa>(i);
  }
  return std::nullopt;
}

std::vector<Isa> available_isas() {
  std::vector<Isa> isas{Isa::kPortable};
#if defined(__x86_64__)
  // __builtin_cpu_supports also asks XGETBV whether the operating system saves the wide registers.
  __builtin_cpu_init();
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & (1U << 29)) != 0;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !f16c) return isas;
  isas.push_back(Isa::kAvx2);
  if (has_of_leaf_7_1(kAvxVnniBit)) isas.push_back(Isa::kAvx2Vnni);
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq")) {
    return isas;
  }
  isas.push_back(Isa::kAvx512);
  if (!__builtin_cpu_supports("avx512vnni")) return isas;
  isas.push_back(Isa::kAvx512Vnni);
  if (has_of_leaf_7_1(kAvx512Bf16Bit) && is_amd()) isas.push_back(Isa::kAvx512Bf16);
#elif defined(__aarch64__)
  isas.push_back(Isa::kNeon);  // a part of the architecture
  if (!has_arm_dotprod()) return isas;
  isas.push_back(Isa::kNeonDotprod);
  if (has_arm_i8mm()) isas.push_back(Isa::kNeonI8mm);
#endif
  return isas;
}

std::vector<Isa> isas_by_name() {
  std::vector<Isa> isas;
#if defined(__x86_64__)
  const std::vector<Isa> available = available_isas();
  const auto has = [&](Isa isa) { return std::find(available.begin(), available.end(), isa) != available.end(); };
  if (has(Isa::kAvx2) && !has(Isa::kAvx2Vnni) && instruction_runs(try_avx2_vnni)) isas.push_back(Isa::kAvx2Vnni);
  if (available.back() == Isa::kAvx512Vnni && (has_of_leaf_7_1(kAvx512Bf16Bit) || instruction_runs(try_avx512_bf16))) {
    isas.push_back(Isa::kAvx512Bf16);
  }
#endif
  return isas;
}

std::vector<Isa> usable_isas() {
  std::vector<Isa> isas = available_isas();
  const std::vector<Isa> more = isas_by_name();
  isas.insert(isas.end(), more.begin(), more.end());
  return isas;
}

Isa choose_isa(std::optional<Isa> wanted, const std::vector<Isa>& available) {
  const Isa isa = wanted.value_or(available.back());
  if (std::find(available.begin(), available.end(), isa) != available.end()) return isa;
  std::string names;
  for (const Isa one : available) names += (names.empty() ? "" : ", ") + std::string(isa_name(one));
  fail(ErrorKind::kUnsupported, "this machine's processor ({}) does not run {}; it runs: {}", processor_name(),
       isa_name(isa), names);
}

std::string_view processor_name() {
  static const std::string name = read_processor_name();
  return name;
}

}  // namespace rbee::engine::cpu
