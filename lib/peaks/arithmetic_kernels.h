#pragma once
// Loops of multiplications and additions in registers, one per instruction set.

#include <cstdint>
#include <string_view>
#include <vector>

namespace rbee::peaks {

enum class Arithmetic : std::uint8_t {
  kFloat,  ///< float32
  kBf16,   ///< products of bfloat16 added in float32
  kInt8,   ///< products of 8-bit integers added in 32 bits
};

struct ArithmeticKernel {
  std::string_view name;  ///< the instruction
  Arithmetic kind;
  double operations;  ///< of one round: a multiplication and an addition count two
  /// Returns something that depends on every result, so that none can be left out.
  std::uint64_t (*run)(std::uint64_t rounds);
};

/// Those that this processor has. There is always one of kFloat.
std::vector<ArithmeticKernel> arithmetic_kernels();

}  // namespace rbee::peaks
