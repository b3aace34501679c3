// The cpu backend against reference, on every instruction set that this machine has.

#include <gtest/gtest.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "op_conformance.h"

namespace rbee::engine::conformance {
namespace {

class CpuConformance : public testing::TestWithParam<cpu::Isa> {};

TEST_P(CpuConformance, every_op_agrees_with_the_reference) {
  const auto backend = make_cpu_backend(CpuOptions{.threads = 2, .isa = GetParam()});
  for (const OpCase& c : op_cases()) {
    bool supported = true;
    for (const Op& op : c.graph.ops) {
      supported = supported &&
                  backend->supports(op, op.weight == kNoWeight ? formats::DType::kF32 : (*c.weights)[op.weight].dtype);
    }
    ASSERT_TRUE(supported) << c.name;
    expect_conforms(*backend, c);
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, CpuConformance, testing::ValuesIn(cpu::available_isas()), [](const auto& param_info) {
  std::string name(cpu::isa_name(param_info.param));
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace rbee::engine::conformance
