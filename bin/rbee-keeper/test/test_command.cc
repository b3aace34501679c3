// test, test diff.

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupts.h"
#include "base/json.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "command_line.h"
#include "matrix/history.h"
#include "matrix/summary.h"
#include "matrix/support_page.h"
#include "sessions.h"
#include "test/run_folder.h"
#include "test/test_run.h"

namespace rbee::keeper {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct TestFlags {
  std::vector<std::string> models, backends, pools;
  bool quick = false, full = false, fresh_reference = false;
  std::string out, support;
};

struct DiffFlags {
  std::string before, after;
};

void check_words(const std::vector<std::string>& words, std::string_view flag) {
  std::set<std::string> seen;
  for (const std::string& word : words) {
    if (word.empty()) fail(ErrorKind::kBadRequest, "{}: an empty name; names are separated by one comma", flag);
    if (!seen.insert(word).second) fail(ErrorKind::kBadRequest, "{}: '{}' is there twice", flag, printable(word));
  }
}

TestPlan make_plan(const Keeper& keeper, const TestFlags& flags) {
  check_words(flags.models, "--models");
  check_words(flags.backends, "--backends");
  check_words(flags.pools, "--pools");
  TestPlan plan;
  plan.models = flags.models;
  if (flags.backends != std::vector<std::string>{"auto"}) plan.backends = flags.backends;
  const std::vector<std::string> known = {"auto", "cpu", "cuda", "metal", "vulkan", "reference"};
  for (const std::string& backend : plan.backends) {
    if (backend == "auto") fail(ErrorKind::kBadRequest, "--backends: 'auto' stands alone");
    if (std::find(known.begin(), known.end(), backend) == known.end()) {
      fail(ErrorKind::kBadRequest, "--backends: no backend '{}'{}; there are cpu, cuda, metal, vulkan, reference",
           printable(backend), suggestion(backend, known));
    }
  }
  plan.depth = flags.quick ? matrix::Depth::kQuick : flags.full ? matrix::Depth::kFull : matrix::Depth::kStandard;
  plan.fresh_reference = flags.fresh_reference;
  plan.reference_cache = keeper.home / "runs" / "reference";
  plan.api_key = keeper.environment.get("RBEE_API_KEY").value_or("");
  return plan;
}

std::string command_text(const TestFlags& flags) {
  std::string text = "rbee test";
  const auto add_list = [&](const char* flag, const std::vector<std::string>& words) {
    if (!words.empty()) text += fmt::format(" {} {}", flag, fmt::join(words, ","));
  };
  add_list("--models", flags.models);
  add_list("--backends", flags.backends);
  add_list("--pools", flags.pools);
  if (flags.quick) text += " --quick";
  if (flags.full) text += " --full";
  return text;
}

// What the run is compared with: what was in the folder that it will write to, or the runs that the home keeps.
std::optional<matrix::Run> run_before(Keeper& keeper, const fs::path& out) {
  try {
    if (!out.empty() && fs::exists(out / "results.jsonl")) return read_run(out);
  } catch (const Error& error) {
    keeper.terminal.note(fmt::format("rbee: not compared with the run that is there: {}", error.what()));
  }
  return last_seen(keeper.home / "runs");
}

json::value run_document(const matrix::Run& run, const fs::path& folder) {
  json::array records;
  std::string_view text = {};
  const std::string lines = matrix::results_text(run);
  for (text = lines; !text.empty();) {
    const std::size_t end = text.find('\n');
    records.push_back(parse_json(text.substr(0, end), "results"));
    text.remove_prefix(end + 1);
  }
  json::value head = records.front();
  records.erase(records.begin());
  const matrix::Summary summary = matrix::summarize(run);
  return {{"run", std::move(head)},
          {"cells", std::move(records)},
          {"summary", {{"passed", summary.passed}, {"failed", summary.failed}, {"skipped", summary.skipped}}},
          {"folder", folder.string()}};
}

void print_summary(Terminal& terminal, const matrix::Run& run, const fs::path& folder) {
  terminal.raw(matrix::table_text(run));
  terminal.line("");
  terminal.line("Results: " + folder.string());
  if (run.head.interrupted) terminal.line("Interrupted: its workers are stopped, what was not tested is skipped.");
  terminal.line("");
  const matrix::Summary summary = matrix::summarize(run);
  const bool good = matrix::exit_code(summary) == 0;
  std::string text = matrix::summary_text(summary);
  const std::string last = matrix::last_line(summary) + "\n";
  text.resize(text.size() - last.size());
  terminal.raw(text);
  const std::size_t mark = last.find(' ');
  terminal.raw(terminal.coloured(last.substr(0, mark), good ? Colour::kGreen : Colour::kRed) + last.substr(mark));
}

// The page, and its record beside it: MODEL_SUPPORT.md and MODEL_SUPPORT.results.jsonl.
void write_support(const fs::path& page, const matrix::Run& run) {
  if (page.has_parent_path()) fs::create_directories(page.parent_path());
  write_file_atomically(fs::path(page).replace_extension(".results.jsonl"), matrix::results_text(run));
  write_file_atomically(page, matrix::support_page(run));
}

int test(Keeper& keeper, const TestFlags& flags) {
  const TestPlan plan = make_plan(keeper, flags);
  std::vector<std::string> pools = flags.pools;
  if (pools.empty()) pools = {keeper.flags.host};
  const Interrupts interrupts;
  std::atomic<bool> stop = false;
  TestRunInput input;
  input.before = run_before(keeper, flags.out);
  for (const std::string& pool : pools) input.pools.push_back(open_session(keeper, pool));
  input.head.started_at = timestamp(keeper.clock.wall_now());
  input.head.rbee_version = "rbee " + version();
  input.head.command = command_text(flags);
  if (flags.out.empty()) {
    input.folder = make_run_folder(keeper.home / "runs", keeper.clock.wall_now());
  } else {
    fs::create_directories(flags.out);
    input.folder = flags.out;
  }
  const matrix::Run run = run_test(input, {plan, keeper.clock, stop}, keeper.terminal, [&] {
    if (interrupts.asked()) stop = true;
  });
  if (!flags.support.empty()) write_support(flags.support, run);
  print_summary(keeper.terminal, run, input.folder);
  keeper.terminal.document(run_document(run, input.folder));
  return run.head.interrupted ? kInterrupted : matrix::exit_code(matrix::summarize(run));
}

int diff(Keeper& keeper, const DiffFlags& flags) {
  const std::vector<matrix::CellChange> changes = matrix::compare_runs(read_run(flags.before), read_run(flags.after));
  keeper.terminal.raw(matrix::diff_text(changes, flags.before, flags.after));
  json::array documents;
  std::size_t worse = 0;
  for (const matrix::CellChange& change : changes) {
    worse += change.worse ? 1 : 0;
    documents.push_back({{"pool", change.key.pool},
                         {"backend", change.key.backend},
                         {"model", change.key.model},
                         {"before", change.before},
                         {"after", change.after},
                         {"worse", change.worse},
                         {"figures", json::array(change.figures.begin(), change.figures.end())}});
  }
  keeper.terminal.document({{"changes", std::move(documents)}, {"worse", worse}});
  return worse == 0 ? kDone : kFailed;
}

constexpr const char* kTestFooter = R"(
Examples:
  rbee test
  rbee test --models tinyllama,phi3 --backends cpu
  rbee test --full --pools localhost,workstation
  rbee test --full --write-support MODEL_SUPPORT.md
  rbee test diff ~/.rbee/runs/2026-11-21T08-00-00Z ~/.rbee/runs/2026-11-22T08-00-00Z

Every model on every backend of every pool: a worker is started, asked, checked, measured and stopped.
Pools run side by side. Models that are not on a pool's disk are downloaded when --models names them.
Results go to RBEE_HOME/runs/<time>: results.jsonl, junit.xml, MODEL_SUPPORT.md.
Exit codes: 0 nothing failed and something passed, 1 otherwise, 2 wrong use, 130 interrupted.
Workers that want a key get the one of RBEE_API_KEY.)";

constexpr const char* kDiffFooter = R"(
Examples:
  rbee test diff ~/.rbee/runs/2026-11-21T08-00-00Z ~/.rbee/runs/2026-11-22T08-00-00Z
  rbee test diff old/results.jsonl new/results.jsonl --json

Names cells whose state changed and figures that changed by more than a tenth.
Exit codes: 0 no cell got worse, 1 at least one did.)";

}  // namespace

void add_test_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("test", "Show which model works on which backend of which pool");
  auto flags = std::make_shared<TestFlags>();  // shared by parser and command, as below
  command->add_option("--models", flags->models, "Model ids (default: all on the pool's disk)")->delimiter(',');
  command->add_option("--backends", flags->backends, "auto, or of cpu, cuda, metal, vulkan, reference")->delimiter(',');
  command->add_option("--pools", flags->pools, "Pools (default: the one of --host)")->delimiter(',');
  CLI::Option* quick = command->add_flag("--quick", flags->quick, "Start, answer, stop; nothing is compared");
  command->add_flag("--full", flags->full, "And a second worker, and memory over 50 requests")->excludes(quick);
  command->add_flag("--fresh-reference", flags->fresh_reference, "Compute the reference's scores again");
  command->add_option("--out", flags->out, "Folder for the results (default: RBEE_HOME/runs/<time>)")->type_name("DIR");
  command->add_option("--write-support", flags->support, "Also write the page to FILE and its results.jsonl beside it")
      ->type_name("FILE");
  command->footer(kTestFooter);
  command->callback([&invocation, flags] {
    if (!invocation.command) invocation.command = [flags](Keeper& keeper) { return test(keeper, *flags); };
  });
  CLI::App* compare = command->add_subcommand("diff", "What changed from one run to another");
  auto runs = std::make_shared<DiffFlags>();
  compare->add_option("before", runs->before, "A run's folder or results.jsonl")->required();
  compare->add_option("after", runs->after, "The later one")->required();
  compare->footer(kDiffFooter);
  compare->callback(
      [&invocation, runs] { invocation.command = [runs](Keeper& keeper) { return diff(keeper, *runs); }; });
}

}  // namespace rbee::keeper
