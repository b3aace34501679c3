// models download.

#include "download_command.h"

#include <memory>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/random.h"
#include "base/units.h"
#include "command_line.h"
#include "download_view.h"
#include "hf_fetcher.h"
#include "hub_transport.h"
#include "pool/download/download_target.h"
#include "pool/download/limits.h"

namespace rbee::hive {
namespace {

namespace dl = pool::download;
namespace json = boost::json;

struct DownloadFlags {
  std::string what, id, via = "http";
  unsigned jobs = dl::kJobsDefault;
};

// From 0 to 1.
double random_share() {
  constexpr double kMax = 0xFFFFFFFFp0;
  return static_cast<double>(std::stoul(random_hex(4), nullptr, 16)) / kMax;
}

std::string summary(const dl::DownloadOutcome& outcome, double seconds) {
  const wire::CatalogModel& model = outcome.model;
  if (outcome.files_fetched == 0) {
    return fmt::format("{}: all {} files are there and verified, at {}; nothing was transferred", model.id,
                       outcome.files_total, model.metadata.revision);
  }
  const std::string text =
      fmt::format("Downloaded {}: {} {}, {} in {} files, verified", model.id, model.architecture,
                  model.metadata.quantization, human_bytes(outcome.bytes_total), outcome.files_total);
  if (outcome.received == 0) return text;  // all of it was on the disk, or came by another program
  const double rate = static_cast<double>(outcome.received) / std::max(seconds, 1e-3);
  return text + fmt::format("; {} over the network in {} ({}/s)", human_bytes(outcome.received), duration_text(seconds),
                            human_bytes(static_cast<std::uint64_t>(rate)));
}

int report_stopped(Hive& hive, const std::string& id, const std::string& again, const DownloadRun& run) {
  const std::string kept =
      run.outcome.bytes_total == 0
          ? "nothing had come yet"
          : fmt::format("{} of {} are kept", human_bytes(run.outcome.bytes_kept), human_bytes(run.outcome.bytes_total));
  const std::string message =
      fmt::format("{}: stopped; {}: 'rbee-hive models download {}' goes on from there", id, kept, again);
  hive.terminal.note("rbee-hive: " + message);
  hive.terminal.document({{"error", {{"code", error_code(ErrorKind::kCancelled)}, {"message", message}}}});
  return run.exit_code;
}

int download(Hive& hive, const DownloadFlags& flags) {
  const dl::ModelReference reference = dl::parse_model_reference(flags.what);
  dl::DownloadRequest request{dl::resolve_target(reference, flags.id, hive.catalog, hive.paths.models), flags.jobs, {}};
  const dl::HubAccess access = dl::hub_access(hive.environment);
  dl::Fetcher fetcher;
  if (flags.via == "hf") fetcher = hf_fetcher(hive.environment, access);
  const SteadyTime started = hive.clock.now();
  const DownloadRun run = run_download(hive, request, access, fetcher);
  if (run.exit_code != kDone) {
    const std::string again = flags.id.empty() ? flags.what : flags.what + " --id " + flags.id;
    return report_stopped(hive, request.target.id, again, run);
  }
  const double seconds = std::chrono::duration<double>(hive.clock.now() - started).count();
  hive.terminal.line(summary(run.outcome, seconds));
  json::object document = to_json(run.outcome.model).as_object();
  document["download"] = {{"bytes_received", run.outcome.received},
                          {"files_fetched", run.outcome.files_fetched},
                          {"files", run.outcome.files_total},
                          {"bytes", run.outcome.bytes_total},
                          {"seconds", seconds}};
  hive.terminal.document(document);
  return kDone;
}

}  // namespace

DownloadRun run_download(Hive& hive, const dl::DownloadRequest& request, const dl::HubAccess& access,
                         dl::Fetcher fetcher) {
  StopSignals signals;
  DownloadView view(hive.terminal, hive.clock, signals);
  const dl::DownloadWorld world{hive.catalog,    hive.paths.models, hive.clock,        access,
                                hub_transport(), random_share,      std::move(fetcher)};
  DownloadRun run;
  run.outcome = dl::download_model(request, world, view);
  hive.terminal.clear_progress();
  if (run.outcome.state == dl::DownloadOutcome::State::kStopped) run.exit_code = signals.exit_code();
  return run;
}

DownloadRun repair_files(Hive& hive, const wire::CatalogModel& model, const std::vector<std::string>& paths) {
  const auto repo = dl::RepoName::parse(model.metadata.repo);
  const auto revision = dl::Revision::parse(model.metadata.revision);
  if (!repo || !revision) {
    fail(ErrorKind::kBadRequest, "model '{}' came from no hub, so it cannot be repaired: import it again", model.id);
  }
  dl::DownloadRequest request{{model.id, *repo, *revision, std::nullopt}, dl::kJobsDefault, paths};
  const std::filesystem::path path = hive.catalog.model_path(model);
  if (model.format == "gguf") request.target.gguf = dl::RepoPath::parse(path.filename().string());
  const dl::HubAccess access = dl::hub_access(hive.environment);
  return run_download(hive, request, access, {});
}

void add_download_command(CLI::App& models, Invocation& invocation) {
  CLI::App* command =
      models.add_subcommand("download", "Fetch a model from the hub, verified; goes on where it stopped");
  auto flags = std::make_shared<DownloadFlags>();  // shared by parser and command
  command
      ->add_option("model", flags->what,
                   "An id of the catalog, or org/name, each with @revision and :file.gguf behind it if wanted")
      ->required();
  command->add_option("--id", flags->id, "Its id in the catalog (default: from the repository's or file's name)");
  command->add_option("--jobs", flags->jobs, "Files at once (default 4)")->check(CLI::Range(1u, dl::kJobsMax));
  command->add_option("--via", flags->via, "http (default), or hf: by the 'hf' command, then verified here")
      ->check(CLI::IsMember({"http", "hf"}));
  command->footer(
      "\nExamples:\n  rbee-hive models download tinyllama\n"
      "  rbee-hive models download HuggingFaceTB/SmolLM2-135M-Instruct@main --id smol\n"
      "  rbee-hive models download TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF:tinyllama-1.1b-chat-v1.0.Q4_K_M.gguf\n"
      "  HF_TOKEN=hf_... rbee-hive models download google/gemma-2b-it\n\n"
      "Only what the model needs is taken: safetensors or the named GGUF file with all its parts, configs and "
      "tokenizer.\n"
      "The revision is pinned to its commit; every file is verified by the hub's sha256 or git sha1 as it comes. What "
      "came\n"
      "is kept when it stops (Ctrl-C, power, a full disk), and the same command goes on from there. Nothing is "
      "transferred\n"
      "of a model that is whole. On a terminal a progress line is shown; with --json, standard error gets one JSON "
      "object\n"
      "per event, standard output one document at the end.\n\n"
      "Environment: HF_ENDPOINT (default https://huggingface.co), HF_TOKEN or HF_TOKEN_PATH or the file that 'hf auth\n"
      "login' wrote, HF_HUB_OFFLINE=1, http_proxy, https_proxy, no_proxy.\n"
      "Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C.");
  command->callback(
      [&invocation, flags] { invocation.command = [flags](Hive& hive) { return download(hive, *flags); }; });
}

}  // namespace rbee::hive
