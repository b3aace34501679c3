// bench, bench compare.

#include <memory>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupts.h"
#include "base/units.h"
#include "bench/bench_run.h"
#include "command_line.h"
#include "sessions.h"

namespace rbee::keeper {
namespace {

constexpr std::uint64_t kResultBytesMax = 16_MiB;
constexpr std::uint32_t kStreamsMax = 16;  // what a worker runs at once

struct BenchFlags {
  BenchPlan plan;
  bool markdown = false, csv = false, no_peaks = false;
};

struct CompareFlags {
  std::string before, after;
};

int bench(Keeper& keeper, const BenchFlags& flags) {
  BenchPlan plan = flags.plan;
  if (plan.model.empty() == plan.shape.empty()) {
    fail(ErrorKind::kBadRequest, "give --model ID|PATH, or --shape ID for a known model's shape with random weights");
  }
  plan.peaks = !flags.no_peaks;
  plan.api_key = keeper.environment.get("RBEE_API_KEY").value_or("");
  Interrupts interrupts;
  const auto session = open_session(keeper, keeper.flags.host);
  std::atomic<bool> stop = false;
  const std::function<void(std::string_view)> says = [&](std::string_view what) {
    if (interrupts.asked()) stop = true;
    if (stop) fail(ErrorKind::kCancelled, "stopped");
    keeper.terminal.progress(fmt::format("Bench: {}", what));
  };
  BenchResult result;
  try {
    result = run_bench(*session, plan, {keeper.clock, stop, says});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled || interrupts.take() == 0) throw;
    keeper.terminal.note("rbee: interrupted; the bench's worker is stopped");
    return kInterrupted;
  }
  keeper.terminal.clear_progress();
  keeper.terminal.raw(flags.csv ? bench_csv(result) : flags.markdown ? bench_markdown(result) : bench_text(result));
  keeper.terminal.document(to_json(result));
  return kDone;
}

int compare(Keeper& keeper, const CompareFlags& flags) {
  const auto read = [](const std::string& path) { return parse_bench_result(read_file(path, kResultBytesMax), path); };
  const BenchResult before = read(flags.before), after = read(flags.after);
  keeper.terminal.raw(bench_comparison(before, after));
  keeper.terminal.document({{"before", to_json(before)}, {"after", to_json(after)}});
  return kDone;
}

constexpr const char* kBenchFooter = R"(
Examples:
  rbee bench --model tinyllama --json > before.json
  rbee bench --model ./tiny.Q4_K_M.gguf --depth 1024,4096 --streams 4,8 --markdown
  rbee bench --shape mistral --weights q4_k --host workstation
  rbee bench --shape mistral --layers 4 --depth 4096 --kv q8_0
  rbee bench compare before.json after.json

It starts a worker of its own on the pool, measures and stops it. Beside each figure stands what the machine allows:
generation reads all weights for each token, a prompt multiplies with them; both peaks are measured in the same run.
Workers that want a key get the one of RBEE_API_KEY.)";

}  // namespace

void add_bench_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("bench", "Measure a model's speed on a pool beside the machine's limits");
  auto flags = std::make_shared<BenchFlags>();  // shared by parser and command, as below
  BenchPlan& plan = flags->plan;
  command->add_option("--model", plan.model, "An id of the pool's catalog, or a path on the pool");
  command->add_option("--shape", plan.shape, "A known model's shape with random weights, e.g. mistral");
  command->add_option("--layers", plan.layers, "Fewer layers for --shape")->check(CLI::Range(1, 512));
  command->add_option("--weights", plan.weights, "The worker quantizes the weights on load: q8_0, q4_0 or q4_k")
      ->check(CLI::IsMember({"q8_0", "q4_0", "q4_k"}, CLI::ignore_case));
  command->add_option("--kv", plan.kv, "Type of the KV cache (default: the worker's choice)")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "q8_0"}));
  command->add_option("--backend", plan.backend, "cpu, cuda, metal, vulkan or reference")->capture_default_str();
  command->add_option("--threads", plan.threads, "Threads (default: all cores)")->check(CLI::Range(0, 1024));
  command->add_option("--cpu-isa", plan.cpu_isa, "Instruction set of the cpu backend (default: the machine's best)")
      ->check(CLI::IsMember({"portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16", "neon",
                             "neon-dotprod", "neon-i8mm"}));
  command->add_option("--prompt", plan.prompt, "Tokens of the prompt that is timed; 0: none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_option("--generate", plan.generate, "Tokens that are generated; 0: none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_option("--depth", plan.depths, "Also generate after so many tokens: 1024,4096")->delimiter(',');
  command->add_option("--streams", plan.streams, "Also with so many requests at once: 4,8")
      ->delimiter(',')
      ->check(CLI::Range(1U, kStreamsMax));
  command->add_option("--rounds", plan.rounds, "How often each is measured")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--draft-max", plan.draft_max, "Speculation: tokens guessed per step (default: off)")
      ->check(CLI::Range(0, 64));
  command->add_flag("--no-peaks", flags->no_peaks, "Do not measure the machine's limits");
  command->add_option("--peaks-mib", plan.peaks_mib, "Memory to read for the limits, in MiB; beyond every cache")
      ->check(CLI::Range(64, 1 << 20))
      ->capture_default_str();
  CLI::Option* markdown = command->add_flag("--markdown", flags->markdown, "Print a markdown table");
  command->add_flag("--csv", flags->csv, "Print CSV")->excludes(markdown);
  command->footer(kBenchFooter);
  command->callback([&invocation, flags] {
    if (!invocation.command) invocation.command = [flags](Keeper& keeper) { return bench(keeper, *flags); };
  });
  CLI::App* other = command->add_subcommand("compare", "Two runs that --json wrote, test by test");
  auto files = std::make_shared<CompareFlags>();
  other->add_option("before", files->before, "The earlier run's JSON")->required();
  other->add_option("after", files->after, "The later one's")->required();
  other->footer("\nExample:\n  rbee bench compare before.json after.json");
  other->callback(
      [&invocation, files] { invocation.command = [files](Keeper& keeper) { return compare(keeper, *files); }; });
}

}  // namespace rbee::keeper
