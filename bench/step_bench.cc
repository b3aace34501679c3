// Tokens per second of the cpu backend's steps on a model: prefill and decode, without tokenizer, sampler and HTTP.
// Usage: step_bench MODEL [prompt tokens] [generated tokens] [threads] [instruction set] [rounds] [depth] [KV type]
// With a depth, tokens are generated behind so many positions, not behind the prompt.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/kv/kv_dtype.h"
#include "engine/models/build_model.h"
#include "formats/model_files.h"

namespace rbee::engine {
namespace {

/// Time by the clock and time on processors: where others use the machine too, only the second can be compared.
struct Times {
  double wall_s, cpu_s;
};

Times now() {
  return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
          static_cast<double>(std::clock()) / CLOCKS_PER_SEC};
}

/// One sequence whose tokens are made up.
class OneSequence {
 public:
  OneSequence(Backend& backend, const formats::ModelFiles& files, std::uint32_t tokens_max, std::uint32_t positions,
              const std::string& kv_type)
      : backend_(backend), model_(build_model(files)), vocab_(files.config().vocab_size) {
    KvLayout kv = model_.kv;
    kv.dtype = parse_kv_dtype(kv_type).value_or(kv.dtype);
    kv.blocks = (positions + kv.block_tokens - 1) / kv.block_tokens;
    for (std::uint32_t b = 0; b < kv.blocks; ++b) blocks_.push_back(BlockId(b));
    plan_ = backend.compile(model_.graph, model_.weights, kv,
                            {.tokens_max = tokens_max, .outputs_max = 1, .sequences_max = 1});
    logits_.resize(model_.graph.values[model_.graph.output.value()].columns);
  }

  void run(std::uint32_t position, std::uint32_t count) { run(position, count, blocks_); }

  /// Puts something at every position, from short prompts: what the cache holds does not matter, but it must be there.
  void fill() {
    constexpr std::size_t kBlocks = 8;
    for (std::size_t b = 0; b < blocks_.size(); b += kBlocks) {
      const auto blocks = std::span<const BlockId>(blocks_).subspan(b, std::min(kBlocks, blocks_.size() - b));
      run(0, static_cast<std::uint32_t>(blocks.size()) * model_.kv.block_tokens, blocks);
    }
  }

 private:
  void run(std::uint32_t position, std::uint32_t count, std::span<const BlockId> blocks) {
    std::vector<TokenId> tokens;
    for (std::uint32_t t = 0; t < count; ++t) {
      tokens.push_back(TokenId(static_cast<std::int32_t>((position + t) * 7919U % vocab_)));
    }
    const StepSequence sequence{
        .first_token = 0, .tokens = count, .position = position, .prompt_tokens = count, .blocks = blocks};
    const std::uint32_t last = count - 1;
    backend_.run(*plan_, {.tokens = tokens, .sequences = {&sequence, 1}, .output_rows = {&last, 1}, .input = {}},
                 logits_);
  }

  Backend& backend_;
  BuiltModel model_;
  std::uint32_t vocab_;
  std::vector<BlockId> blocks_;
  std::unique_ptr<Plan> plan_;
  std::vector<float> logits_;
};

int bench(const std::vector<std::string>& arguments) {
  const auto number = [&](std::size_t i, std::uint32_t otherwise) {
    return i < arguments.size() ? static_cast<std::uint32_t>(std::stoul(arguments[i])) : otherwise;
  };
  const std::uint32_t prompt = number(1, 512), generate = number(2, 64), rounds = number(5, 3);
  const std::uint32_t depth = number(6, prompt);
  CpuOptions options{.threads = number(3, 0), .isa = std::nullopt};
  if (arguments.size() > 4) options.isa = cpu::parse_isa(arguments[4]);
  const auto backend = make_cpu_backend(options);
  const auto files = formats::open_model(arguments.at(0));
  const std::string kv_type = arguments.size() > 7 ? arguments[7] : "";
  OneSequence sequence(*backend, *files, std::max(prompt, 128U), std::max({prompt, depth, 16U}) + generate, kv_type);
  fmt::print("{} on {}\n", arguments[0], backend->describe().device);
  sequence.run(0, 16);
  if (depth != prompt) sequence.fill();
  Times prefill{1e9, 1e9}, decode{1e9, 1e9};  // the best of each, per token
  const auto keep_best = [](Times& best, const Times& start, std::uint32_t tokens) {
    const Times end = now();
    best.wall_s = std::min(best.wall_s, (end.wall_s - start.wall_s) / tokens);
    best.cpu_s = std::min(best.cpu_s, (end.cpu_s - start.cpu_s) / tokens);
  };
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Times start = now();
    sequence.run(0, prompt);
    keep_best(prefill, start, prompt);
    start = now();
    for (std::uint32_t t = 0; t < generate; ++t) sequence.run(depth + t, 1);
    keep_best(decode, start, generate);
  }
  const double gigabytes = static_cast<double>(files->weight_bytes()) * 1e-9;
  fmt::print("prefill of {}: {:.2f} tokens/s, {:.2f} ms of processor time per token\n", prompt, 1 / prefill.wall_s,
             prefill.cpu_s * 1e3);
  fmt::print("decode of {} behind {}: {:.2f} tokens/s, {:.2f} ms of processor time per token, {:.2f} GB/s of weights\n",
             generate, depth, 1 / decode.wall_s, decode.cpu_s * 1e3, gigabytes / decode.wall_s);
  return 0;
}

}  // namespace
}  // namespace rbee::engine

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.empty()) {
    std::fputs("usage: step_bench MODEL [prompt] [generate] [threads] [instruction set] [rounds] [depth] [KV type]\n",
               stderr);
    return 2;
  }
  try {
    return rbee::engine::bench(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "step_bench: {}\n", error.what());
    return 1;
  }
}
