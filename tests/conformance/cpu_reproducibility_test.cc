// The cpu backend gives the same bits alone and in company, whole and in pieces, with any number of threads.

#include <random>

#include <gtest/gtest.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "reproducibility.h"

namespace rbee::engine::conformance {
namespace {

using cpu::ActivationBits;

class CpuReproducibility : public testing::TestWithParam<cpu::Isa> {};

TEST_P(CpuReproducibility, logits_do_not_depend_on_batch_threads_or_chunks) {
  const auto maker = [](ActivationBits bits) -> BackendMaker {
    return [bits](std::uint32_t threads) {
      return make_cpu_backend(CpuOptions{.threads = threads, .isa = GetParam(), .activations = bits});
    };
  };
  const std::uint64_t seed = std::random_device()();
  using formats::DType;
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ4_0, DType::kQ5_0,
                            DType::kQ4_K, DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL}) {
    expect_reproducible(maker(ActivationBits::k8), dtype, seed);
  }
  for (const DType dtype : {DType::kQ8_0, DType::kQ4_K, DType::kQ6_K}) {
    expect_reproducible(maker(ActivationBits::k15), dtype, seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, CpuReproducibility, testing::ValuesIn(cpu::usable_isas()), [](const auto& param_info) {
  std::string name(cpu::isa_name(param_info.param));
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace rbee::engine::conformance
