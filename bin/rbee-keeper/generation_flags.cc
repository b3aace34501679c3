#include "generation_flags.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "base/random.h"
#include "base/units.h"

namespace rbee::keeper {
namespace {

constexpr std::chrono::seconds kListTimeout{60};
constexpr std::uint64_t kKeyFileBytesMax = 64_KiB;

std::optional<std::string> read_api_key(const Keeper& keeper, const std::string& file) {
  if (file.empty()) return keeper.environment.get("RBEE_API_KEY");
  std::string key = read_file(file, kKeyFileBytesMax);
  const std::size_t begin = key.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) fail(ErrorKind::kBadRequest, "--api-key-file: {} is empty", file);
  return key.substr(begin, key.find_last_not_of(" \t\r\n") + 1 - begin);
}

}  // namespace

void add_generation_flags(CLI::App& command, GenerationFlags& flags) {
  command.add_option("--model", flags.worker.model, "The model's id: a running worker of it is asked");
  command.add_option("--backend", flags.worker.backend, "Only a worker on this backend");
  command.add_option("--worker", flags.worker.id, "Only this worker");
  command.add_option("--max-tokens", flags.max_tokens, "Tokens at most (default: 256, or what the context leaves)")
      ->check(CLI::PositiveNumber);
  command.add_option("--temperature", flags.sampling.temperature, "0 to 2; 0 is greedy (default 1)");
  command.add_option("--top-p", flags.sampling.top_p, "Nucleus sampling, above 0 to 1 (default 1)");
  command.add_option("--top-k", flags.sampling.top_k, "Of the k likeliest tokens; 0: of all (default 0)");
  command.add_option("--min-p", flags.sampling.min_p, "0 to 1, against the likeliest token (default 0)");
  command.add_option("--repetition-penalty", flags.sampling.repetition_penalty, "0.01 to 10 (default 1)");
  command.add_option("--presence-penalty", flags.sampling.presence_penalty, "-2 to 2 (default 0)");
  command.add_option("--frequency-penalty", flags.sampling.frequency_penalty, "-2 to 2 (default 0)");
  command.add_option("--seed", flags.sampling.seed, "The same seed gives the same answer (default 0)");
  command.add_option("--stop", flags.stop, "Text that ends the answer; may be given again")->allow_extra_args(false);
  command.add_option("--api-key-file", flags.api_key_file, "File with the worker's key (default: RBEE_API_KEY)");
}

ChosenWorker reach_worker(const Keeper& keeper, PoolLink& link, const GenerationFlags& flags) {
  if (flags.worker.model.empty() && flags.worker.id.empty()) {
    fail(ErrorKind::kBadRequest, "which model? Say --model ID, or --worker ID");
  }
  const std::optional<std::string> api_key = read_api_key(keeper, flags.api_key_file);
  const HiveOutcome list = link.hive({"worker", "list", "--json"}, kListTimeout);
  if (list.exit_code != kDone && list.exit_code != kPartlyDone) {
    fail(ErrorKind::kUnavailable, "pool '{}': cannot list its workers: {}", link.name(), printable(list.err, 1000));
  }
  const ListedWorker worker = choose_worker(parse_worker_list(list.out, link.name()), flags.worker, link.name());
  return {worker, {link.worker_origin(worker.host, worker.port), api_key}};
}

wire::ExecuteRequest make_request(const GenerationFlags& flags) {
  wire::ExecuteRequest request;
  request.job_id = "rbee-" + random_hex(8);
  if (flags.max_tokens != 0) request.max_tokens = flags.max_tokens;
  request.sampling = flags.sampling;
  request.stop = flags.stop;
  return request;
}

void check_request(const wire::ExecuteRequest& request) {
  wire::parse_execute_request(json_text(to_json(request)));
}

std::string metrics_text(const ExecutionOutcome& outcome) {
  std::string text = fmt::format("{} tokens", outcome.end.tokens_out);
  if (outcome.metrics && outcome.metrics->tokens_per_sec > 0) {
    text += fmt::format(", {:.1f} tokens/s", outcome.metrics->tokens_per_sec);
  }
  if (!outcome.text.empty()) text += fmt::format(", first after {:.2f} s", outcome.first_token_seconds);
  return text + ", " + outcome.end.stop_reason;
}

std::string terminal_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_control = (c < ' ' && c != '\n' && c != '\t') || c == 0x7F;
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F.
    const bool is_c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_control || is_c1) {
      out += fmt::format("\\x{:02x}", is_c1 ? static_cast<unsigned char>(text[++i]) : c);
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace rbee::keeper
