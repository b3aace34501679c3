// infer: one prompt, one answer.

#include <iterator>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupts.h"
#include "base/units.h"
#include "command_line.h"
#include "generation_flags.h"
#include "sessions.h"
#include "standard_input.h"

namespace rbee::keeper {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kPromptBytesMax = 16_MiB;

struct InferFlags {
  GenerationFlags generation;
  std::string prompt, prompt_file, system;
  bool chat = false, ignore_eos = false;
};

std::string read_prompt_text(const InferFlags& flags) {
  if (flags.prompt.empty() == flags.prompt_file.empty()) {
    fail(ErrorKind::kBadRequest,
         "what should it answer? Say --prompt TEXT, or --prompt-file FILE ('-' is standard input)");
  }
  if (flags.prompt_file.empty()) return flags.prompt;
  return flags.prompt_file == "-" ? read_standard_input(kPromptBytesMax)
                                  : read_file(flags.prompt_file, kPromptBytesMax);
}

wire::ExecuteRequest infer_request(const InferFlags& flags) {
  wire::ExecuteRequest request = make_request(flags.generation);
  request.ignore_eos = flags.ignore_eos;
  const std::string text = read_prompt_text(flags);
  if (flags.chat || !flags.system.empty()) {
    json::array messages;
    if (!flags.system.empty()) messages.push_back({{"role", "system"}, {"content", flags.system}});
    messages.push_back({{"role", "user"}, {"content", text}});
    request.messages = std::move(messages);
  } else {
    request.prompt = text;
  }
  check_request(request);
  return request;
}

json::object infer_document(const ExecutionOutcome& outcome, const ChosenWorker& worker, const std::string& pool,
                            const std::string& job_id) {
  json::object document = {{"text", outcome.text},
                           {"pool", pool},
                           {"worker_id", worker.listed.id},
                           {"model", worker.listed.model},
                           {"backend", worker.listed.backend},
                           {"job_id", job_id},
                           {"stop_reason", outcome.cancelled ? "CANCELLED" : outcome.end.stop_reason},
                           {"prompt_tokens", outcome.end.prompt_tokens},
                           {"tokens_out", outcome.end.tokens_out},
                           {"queue_ms", outcome.end.queue_ms},
                           {"prefill_ms", outcome.end.prefill_ms},
                           {"decode_time_ms", outcome.end.decode_time_ms},
                           {"first_token_ms", outcome.first_token_seconds * 1000}};
  if (outcome.end.stop_sequence_matched) document["stop_sequence_matched"] = *outcome.end.stop_sequence_matched;
  if (outcome.metrics) document["tokens_per_sec"] = outcome.metrics->tokens_per_sec;
  return document;
}

int infer(Keeper& keeper, const InferFlags& flags) {
  const wire::ExecuteRequest request = infer_request(flags);
  Interrupts interrupts;  // before the tunnel's thread starts
  const auto link = open_link(keeper, keeper.flags.host);
  const ChosenWorker worker = reach_worker(keeper, *link, flags.generation);
  const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
  ExecutionWatch watch;
  watch.on_text = [&](std::string_view piece) { keeper.terminal.raw(on_terminal ? terminal_text(piece) : piece); };
  watch.stops_now = [&] { return interrupts.asked(); };
  const ExecutionOutcome outcome = execute(worker.endpoint, request, watch);
  if (!outcome.text.ends_with('\n')) keeper.terminal.raw("\n");
  keeper.terminal.document(infer_document(outcome, worker, link->name(), request.job_id));
  if (outcome.cancelled) {
    keeper.terminal.note("rbee: cancelled");
    return 128 + interrupts.take();
  }
  keeper.terminal.note(fmt::format("[{}; {} on {}]", metrics_text(outcome), worker.listed.id, link->name()));
  return kDone;
}

constexpr const char* kInferFooter = R"(
Examples:
  rbee infer --model tinyllama --prompt "Once upon a time" --max-tokens 50
  rbee infer --model qwen-0.5b --chat --prompt "What is a bee?" --temperature 0 --host workstation
  cat question.txt | rbee infer --worker worker-cpu-0 --prompt-file - --json

The answer goes to standard output as it comes, its figures to standard error. Ctrl-C cancels it on the worker.
A worker that listens on its own machine only is reached through an SSH tunnel.
Exit codes: 0 done, 1 failed, 2 wrong use, 130 cancelled by Ctrl-C.)";

}  // namespace

void add_infer_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("infer", "Send a prompt to a running worker");
  auto flags = std::make_shared<InferFlags>();  // shared by parser and command
  command->add_option("--prompt", flags->prompt, "The text, as the model gets it");
  command->add_option("--prompt-file", flags->prompt_file, "A file with the text; '-' is standard input");
  command->add_flag("--chat", flags->chat, "Send it as a user's message, through the model's chat template");
  command->add_option("--system", flags->system, "A system message before it; implies --chat");
  command->add_flag("--ignore-eos", flags->ignore_eos, "Go on after an end token (measurements)");
  add_generation_flags(*command, flags->generation);
  command->footer(kInferFooter);
  command->callback(
      [&invocation, flags] { invocation.command = [flags](Keeper& keeper) { return infer(keeper, *flags); }; });
}

}  // namespace rbee::keeper
