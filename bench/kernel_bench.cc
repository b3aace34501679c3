// The cpu backend's kernels, one thread, on a model's matmul shape. items/s are products; bytes/s are weight bytes.

#include <algorithm>
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
  const Kernels& kernels = kernels_for(isa);
  std::vector<std::uint16_t> rounded;
  if (kernels.round_bf16_row != nullptr && type == FloatType::kBF16) {
    rounded.resize(x.size());
    kernels.round_bf16_row(x.data(), rounded.data(), x.size());
  }
  std::vector<float> y(tokens * kRows);
  for (auto _ : state) {
    kernels.float_matmul({.panels = matrix.memory.data(),
                          .panel_bytes = matrix.panel_bytes(),
                          .type = type,
                          .row_begin = 0,
                          .row_end = kRows,
                          .columns = kColumns,
                          .x = x.data(),
                          .x_stride = kColumns,
                          .x_bf16 = rounded.empty() ? nullptr : rounded.data(),
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

/// The queries of one token, or of eight of a prompt, eight heads to a KV head of 64 channels (TinyLlama's shape), at a
/// depth. bytes/s are those of the cache. Heads are visited in turn, so that they come from memory, not from a cache.
void attention(benchmark::State& state, Isa isa, CacheType type) {
  constexpr std::size_t kHeads = 8, kKvHeads = 4, kHeadDim = 64, kBlockTokens = 16, kBytes = std::size_t{128} << 20;
  const auto depth = static_cast<std::size_t>(state.range(0)), tokens = static_cast<std::size_t>(state.range(1));
  const std::size_t scales = type == CacheType::kQ8_0 ? kHeadDim / kScaleBlock * 2 : 0;
  const std::size_t part_bytes = kBlockTokens * (kHeadDim * cache_value_bytes(type) + scales);
  const std::size_t blocks_each = (depth + kBlockTokens - 1) / kBlockTokens;
  const std::size_t block_bytes = 2 * kKvHeads * part_bytes, layer_bytes = block_bytes * blocks_each;
  const std::size_t layers = (kBytes + layer_bytes - 1) / layer_bytes;
  // About 1 as F16, 0.01 as BF16 and F32.
  std::vector<std::byte> cache(layers * layer_bytes + 64, std::byte{0x3C});
  std::vector<std::uint32_t> blocks;
  for (std::size_t b = 0; b < blocks_each; ++b) blocks.push_back(static_cast<std::uint32_t>(b));
  const std::vector<float> queries = random_floats(tokens * kHeads * kHeadDim);
  std::vector<float> out(tokens * kHeads * kHeadDim), scratch(attention_scratch(kHeadDim));
  std::size_t head = 0;
  for (auto _ : state) {
    const std::byte* keys = cache.data() + head / kKvHeads * layer_bytes + head % kKvHeads * 2 * part_bytes;
    kernels_for(isa).attention({.queries = queries.data(),
                                .out = out.data(),
                                .row_stride = kHeads * kHeadDim,
                                .tokens = tokens,
                                .heads = kHeads,
                                .head_dim = kHeadDim,
                                .position = depth - tokens,
                                .scale = 0.125F,
                                .keys = keys,
                                .values = keys + part_bytes,
                                .block_bytes = block_bytes,
                                .block_tokens = kBlockTokens,
                                .blocks = blocks.data(),
                                .type = type,
                                .scratch = scratch.data()});
    benchmark::DoNotOptimize(out.data());
    head = (head + 1) % (layers * kKvHeads);
  }
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(2 * tokens * kHeads * kHeadDim * depth));
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(2 * depth * part_bytes / kBlockTokens));
}

void register_attention(const std::string& isa_suffix, Isa isa) {
  const std::pair<const char*, CacheType> types[] = {
      {"F32", CacheType::kF32}, {"F16", CacheType::kF16}, {"BF16", CacheType::kBF16}, {"Q8_0", CacheType::kQ8_0}};
  for (const auto& [name, type] : types) {
    benchmark::RegisterBenchmark(("attention/" + std::string(name) + isa_suffix).c_str(), attention, isa, type)
        ->Args({16, 1})
        ->Args({512, 1})
        ->Args({1024, 1})
        ->Args({4096, 1})
        ->Args({16384, 1})
        ->Args({32768, 1})
        ->Args({4096, 8});
  }
}

void register_benchmarks() {
  using formats::DType;
  const auto add = [](const std::string& name, auto&&... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Arg(1)->Arg(8)->Arg(512);
  };
  for (const Isa isa : usable_isas()) {
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
    register_attention(suffix, isa);
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
