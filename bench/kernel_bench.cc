// The cpu backend's kernels, one thread, on a model's matmul shape. items/s are products; bytes/s are weight bytes.

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/packed_weights.h"
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

/// A packed matrix of zeros: its speed does not depend on the numbers.
struct Matrix {
  explicit Matrix(formats::DType dtype)
      : bytes(packed_bytes(dtype, kRows, kColumns)), memory(bytes, "the matrix", AnonymousMemory::Pages::kHuge) {
    std::memset(memory.data(), 0, bytes);
  }
  std::size_t panel_bytes() const { return bytes / (kRows / kPanelRows); }

  std::size_t bytes;
  AnonymousMemory memory;
};

void float_matmul(benchmark::State& state, Isa isa, formats::DType dtype, FloatType type) {
  const auto tokens = static_cast<std::size_t>(state.range(0));
  const Matrix matrix(dtype);
  const std::vector<float> x = random_floats(tokens * kColumns);
  std::vector<float> y(tokens * kRows);
  for (auto _ : state) {
    kernels_for(isa).float_matmul({.panels = matrix.memory.data(),
                                   .panel_bytes = matrix.panel_bytes(),
                                   .type = type,
                                   .row_begin = 0,
                                   .row_end = kRows,
                                   .columns = kColumns,
                                   .x = x.data(),
                                   .x_stride = kColumns,
                                   .tokens = tokens,
                                   .y = y.data(),
                                   .y_stride = kRows});
    benchmark::DoNotOptimize(y.data());
  }
  count_work(state, tokens, matrix.bytes);
}

void quantized_matmul(benchmark::State& state, Isa isa, formats::DType dtype, BlockType type, ActivationBits bits) {
  const auto tokens = static_cast<std::size_t>(state.range(0));
  const Matrix matrix(dtype);
  const std::vector<float> x = random_floats(tokens * kColumns);
  const QuantizedActivations quantized(tokens, kColumns, bits);
  const Kernels& kernels = kernels_for(isa);
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels.quantize_row(x.data() + t * kColumns, kColumns, quantized.row(t, kColumns));
  }
  std::vector<float> y(tokens * kRows);
  const AnonymousMemory scratch(kPanelScratch * sizeof(float), "scratch memory");
  for (auto _ : state) {
    kernels.quantized_matmul({.panels = matrix.memory.data(),
                              .panel_bytes = matrix.panel_bytes(),
                              .type = type,
                              .row_begin = 0,
                              .row_end = kRows,
                              .columns = kColumns,
                              .x = quantized.row(0, kColumns),
                              .tokens = tokens,
                              .y = y.data(),
                              .y_stride = kRows,
                              .scratch = reinterpret_cast<float*>(scratch.data())});
    benchmark::DoNotOptimize(y.data());
  }
  count_work(state, tokens, matrix.bytes);
}

void quantize(benchmark::State& state, Isa isa, ActivationBits bits) {
  const std::vector<float> x = random_floats(kColumns);
  const QuantizedActivations quantized(1, kColumns, bits);
  for (auto _ : state) {
    kernels_for(isa).quantize_row(x.data(), kColumns, quantized.row(0, kColumns));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kColumns));
}

void register_benchmarks() {
  using formats::DType;
  const auto add = [](const std::string& name, auto&&... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Arg(1)->Arg(8)->Arg(512);
  };
  for (const Isa isa : available_isas()) {
    const std::string suffix = "/" + std::string(isa_name(isa));
    add("F32" + suffix, float_matmul, isa, DType::kF32, FloatType::kF32);
    add("BF16" + suffix, float_matmul, isa, DType::kBF16, FloatType::kBF16);
    add("F16" + suffix, float_matmul, isa, DType::kF16, FloatType::kF16);
    const std::pair<DType, BlockType> types[] = {{DType::kQ8_0, BlockType::kQ8_0}, {DType::kQ4_0, BlockType::kQ4_0},
                                                 {DType::kQ5_0, BlockType::kQ5_0}, {DType::kIQ4_NL, BlockType::kIQ4_NL},
                                                 {DType::kQ4_K, BlockType::kQ4_K}, {DType::kQ5_K, BlockType::kQ5_K},
                                                 {DType::kQ6_K, BlockType::kQ6_K}};
    for (const auto& [dtype, type] : types) {
      add(std::string(formats::dtype_info(dtype).name) + suffix, quantized_matmul, isa, dtype, type,
          ActivationBits::k8);
    }
    add("Q8_0 in 15 bits" + suffix, quantized_matmul, isa, DType::kQ8_0, BlockType::kQ8_0, ActivationBits::k15);
    benchmark::RegisterBenchmark(("quantize" + suffix).c_str(), quantize, isa, ActivationBits::k8);
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
