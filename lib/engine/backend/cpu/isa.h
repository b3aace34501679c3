#pragma once
// Which instruction sets the kernels are compiled for, and which of them this machine has.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rbee::engine::cpu {

/// Each needs those of its architecture below it, but kAvx512 not kAvx2Vnni. kAvx2: with FMA and F16C. kAvx2Vnni:
/// AVX-VNNI, the byte products of processors without AVX-512. kAvx512: F, BW, VL, DQ.
/// kNeonDotprod: FEAT_DotProd, kNeonI8mm: FEAT_I8MM of Armv8.2.
enum class Isa : std::uint8_t {
  kPortable,
  kAvx2,
  kAvx2Vnni,
  kAvx512,
  kAvx512Vnni,
  kAvx512Bf16,
  kNeon,
  kNeonDotprod,
  kNeonI8mm
};

/// "portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16", "neon", "neon-dotprod",
/// "neon-i8mm".
std::string_view isa_name(Isa isa);

/// The name's instruction set; nothing when the word is unknown.
std::optional<Isa> parse_isa(std::string_view name);

/// What this processor and operating system run, best last; kPortable is always there.
std::vector<Isa> available_isas();

/// Those that run as well but are used only when they are asked for by name: what CPUID does not show but runs when it
/// is tried (some virtual machines hide it), and bfloat16 products on Intel's processors, which take 1.7 times as long
/// there as the float32 ones that they replace (`kernel_bench`, Emerald Rapids).
std::vector<Isa> isas_by_name();

/// All that can be asked for: the available ones and those by name.
std::vector<Isa> usable_isas();

/// The one asked for, or the best of `available`. Throws Error{kUnsupported} when it is not among them; names those.
Isa choose_isa(std::optional<Isa> wanted, const std::vector<Isa>& available);

/// The processor's own name, or its architecture where it tells none.
std::string_view processor_name();

}  // namespace rbee::engine::cpu
