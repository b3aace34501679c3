#pragma once
// Which instruction sets the kernels are compiled for, and which of them this machine has.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rbee::engine::cpu {

/// Each needs everything below it. kAvx512: F, BW, VL, DQ. kAvx2: with FMA and F16C.
enum class Isa : std::uint8_t { kPortable, kAvx2, kAvx512, kAvx512Vnni };

/// "portable", "avx2", "avx512", "avx512-vnni".
std::string_view isa_name(Isa isa);

/// The name's instruction set; nothing when the word is unknown.
std::optional<Isa> parse_isa(std::string_view name);

/// What this processor and operating system run, best last; kPortable is always there.
std::vector<Isa> available_isas();

/// The processor's own name, or its architecture where it tells none.
std::string_view processor_name();

}  // namespace rbee::engine::cpu
