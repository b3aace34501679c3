// The cpu backend's kernels, one thread, on a model's matmul shape. items/s are products; bytes/s are weight bytes.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/quantized_activations.h"
#include "formats/dtype.h"

namespace rbee::engine::cpu {
namespace {

constexpr std::size_t kRows = 5632, kColumns = 2048;  // TinyLlama's gate projection

std::vector<float> random_floats(std::size_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

void count_work(benchmark::State& state, std::size_t tokens, std::size_t weight_bytes) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(kRows * kColumns * tokens));
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(weight_bytes));
}

void float_matmul(benchmark::State& state, Isa isa, FloatType type) {
  const auto tokens = static_cast<std::size_t>(state.range(0));
  const std::size_t row_bytes = kColumns * float_type_bytes(type);
  const std::vector<std::byte> weights(kRows * row_bytes);
  const std::vector<float> x = random_floats(tokens * kColumns);
  std::vector<float> y(tokens * kRows), scratch(kFloatScratch);
  for (auto _ : state) {
    kernels_for(isa).float_matmul({.weights = weights.data(),
                                   .row_bytes = row_bytes,
                                   .type = type,
                                   .row_begin = 0,
                                   .row_end = kRows,
                                   .columns = kColumns,
                                   .x = x.data(),
                                   .x_stride = kColumns,
                                   .tokens = tokens,
                                   .y = y.data(),
                                   .y_stride = kRows,
                                   .scratch = scratch.data()});
    benchmark::DoNotOptimize(y.data());
  }
  count_work(state, tokens, weights.size());
}

void quantized_matmul(benchmark::State& state, Isa isa, formats::DType dtype, BlockType type) {
  const auto tokens = static_cast<std::size_t>(state.range(0));
  const std::size_t row_bytes = formats::row_bytes(dtype, kColumns);
  const std::vector<std::byte> weights(kRows * row_bytes);
  const std::vector<float> x = random_floats(tokens * kColumns);
  const QuantizedActivations quantized(tokens, kColumns);
  const Kernels& kernels = kernels_for(isa);
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels.quantize_row(x.data() + t * kColumns, kColumns, quantized.row(t, kColumns));
  }
  std::vector<float> y(tokens * kRows), scratch(kPanelScratch);
  for (auto _ : state) {
    kernels.quantized_matmul({.weights = weights.data(),
                              .row_bytes = row_bytes,
                              .type = type,
                              .row_begin = 0,
                              .row_end = kRows,
                              .columns = kColumns,
                              .x = quantized.row(0, kColumns),
                              .tokens = tokens,
                              .y = y.data(),
                              .y_stride = kRows,
                              .scratch = scratch.data()});
    benchmark::DoNotOptimize(y.data());
  }
  count_work(state, tokens, weights.size());
}

void register_benchmarks() {
  using formats::DType;
  const auto add = [](const std::string& name, auto&&... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Arg(1)->Arg(8)->Arg(128);
  };
  for (const Isa isa : available_isas()) {
    const std::string suffix = "/" + std::string(isa_name(isa));
    add("F32" + suffix, float_matmul, isa, FloatType::kF32);
    add("BF16" + suffix, float_matmul, isa, FloatType::kBF16);
    add("Q8_0" + suffix, quantized_matmul, isa, DType::kQ8_0, BlockType::kQ8_0);
    add("Q4_0" + suffix, quantized_matmul, isa, DType::kQ4_0, BlockType::kQ4_0);
    add("Q4_K" + suffix, quantized_matmul, isa, DType::kQ4_K, BlockType::kQ4_K);
    add("Q6_K" + suffix, quantized_matmul, isa, DType::kQ6_K, BlockType::kQ6_K);
  }
}

}  // namespace
}  // namespace rbee::engine::cpu

int main(int count, char** words) {
  rbee::engine::cpu::register_benchmarks();
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
