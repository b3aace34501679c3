// The cpu backend against reference, on every instruction set that this machine has.

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "op_conformance.h"

namespace rbee::engine::conformance {
namespace {

using cpu::ActivationBits;

class CpuConformance : public testing::TestWithParam<std::tuple<cpu::Isa, ActivationBits>> {};

// What rounding to 8 bits adds: about (1/127)^2/12 of the square of each block's largest value. Measured: 5e-5.
constexpr double kEightBitNmseMax = 2e-4;
// What rounding to bfloat16 adds: up to (2^-8)^2/3 of each value's square. Measured: 1.1e-5, for a matrix of one row.
constexpr double kBf16NmseMax = 4e-5;

TEST_P(CpuConformance, every_op_agrees_with_the_reference) {
  const auto [isa, bits] = GetParam();
  const auto backend = make_cpu_backend(CpuOptions{.threads = 2, .isa = isa, .activations = bits});
  std::vector<OpCase> cases = op_cases();
  for (OpCase& c : cases) {
    bool supported = true;
    bool quantized = false, bf16 = false;
    for (const Op& op : c.graph.ops) {
      const auto dtype = op.weight == kNoWeight ? formats::DType::kF32 : (*c.weights)[op.weight].dtype;
      supported = supported && backend->supports(op, dtype);
      quantized = quantized || (op.kind == OpKind::kMatmul && formats::is_quantized(dtype));
      bf16 = bf16 || (op.kind == OpKind::kMatmul && dtype == formats::DType::kBF16);
    }
    ASSERT_TRUE(supported) << c.name;
    if (bits == ActivationBits::k8) {
      if (!quantized && !bf16) continue;
      c.nmse_max = quantized ? kEightBitNmseMax : kBf16NmseMax;
    }
    expect_conforms(*backend, c);
  }
}

TEST(CpuConformanceKv, attention_over_a_q8_0_cache_agrees_with_the_reference) {
  for (const cpu::Isa isa : cpu::usable_isas()) {
    SCOPED_TRACE(cpu::isa_name(isa));
    const auto backend = make_cpu_backend(CpuOptions{.threads = 2, .isa = isa});
    for (const OpCase& c : q8_0_cache_cases()) expect_conforms(*backend, c);
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, CpuConformance,
                         testing::Combine(testing::ValuesIn(cpu::usable_isas()),
                                          testing::Values(ActivationBits::k15, ActivationBits::k8)),
                         [](const auto& param_info) {
                           std::string name(cpu::isa_name(std::get<0>(param_info.param)));
                           std::erase(name, '-');
                           return name + (std::get<1>(param_info.param) == ActivationBits::k8 ? "_8_bits" : "_15_bits");
                         });

}  // namespace
}  // namespace rbee::engine::conformance
