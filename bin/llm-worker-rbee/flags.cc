#include "flags.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "net/origin.h"
#include "wire/limits.h"

namespace rbee::worker {
namespace {

constexpr std::uint64_t kKeyFileBytesMax = 4_KiB;
constexpr std::uint32_t kContextMax = 16'777'216;

const char* const kFooter = R"(
Examples:
  llm-worker-rbee --worker-id worker-cpu-0 --model models/tinyllama --backend cpu --port 8000
  llm-worker-rbee --worker-id w --model models/mistral --weights q4_k --port 0
  llm-worker-rbee --worker-id w --model qwen2.5-0.5b-instruct-q4_k_m.gguf --port 0
  RBEE_API_KEY=$(cat key) llm-worker-rbee --worker-id w --model models/phi3 --host 0.0.0.0 --port 8000

Then:
  curl -N http://127.0.0.1:8000/execute -H 'Content-Type: application/json' \
       -d '{"job_id":"1","prompt":"A bee is","max_tokens":20,"temperature":0}'

Exit status: 0 after a clean stop, 1 when the model cannot be loaded or the port is taken, 2 for wrong usage.
)";

struct Flags {
  WorkerConfig config;
  std::string model, api_key_file, log_level = "info";
  std::uint64_t kv_mib = 0;
  int port = -1;
  bool insecure = false;
};

void declare(CLI::App& app, Flags& flags) {
  engine::EngineOptions& engine = flags.config.engine;
  app.add_option("--worker-id", flags.config.worker_id, "Name of this worker, e.g. worker-cpu-0")->required();
  app.add_option("--model", flags.model, "A model folder (config.json, tokenizer.json, *.safetensors) or a .gguf file")
      ->required();
  app.add_option("--model-id", flags.config.model_id,
                 "What clients call the model (default: the name of its folder or file)");
  app.add_option("--backend", engine.backend, "cpu, reference, cuda, vulkan or metal")->capture_default_str();
  app.add_option("--gpu", engine.gpu, "Which device of the backend")->check(CLI::Range(0, 255))->capture_default_str();
  app.add_option("--port", flags.port, "Port to listen on; 0 takes a free one (default: 8000 + gpu)")
      ->check(CLI::Range(0, 65535));
  app.add_option("--host", flags.config.host, "IP address to listen on")->capture_default_str();
  app.add_option("--threads", engine.threads, "Threads of the backend; 0: as many cores as there are")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--cpu-isa", engine.cpu_isa, "Instruction set of the cpu backend (default: the machine's best)")
      ->check(CLI::IsMember({"portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16", "neon",
                             "neon-dotprod", "neon-i8mm"}));
  app.add_option("--weights", engine.weights,
                 "Quantize the model's F32, F16 or BF16 weights on load; kept on disk for the next start")
      ->check(CLI::IsMember({"q8_0", "q4_0", "q4_k"}, CLI::ignore_case));
  app.add_option("--context", engine.context, "Positions per sequence; 0: the model's own, as far as memory allows")
      ->check(CLI::Range(0U, kContextMax))
      ->capture_default_str();
  app.add_option("--sequences-max", engine.sequences_max, "Requests that run at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--queue-max", engine.queue_max, "Requests that wait; more get 503")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str();
  app.add_option("--step-tokens", engine.step_tokens_max, "Tokens per engine step: the size of a prefill chunk")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--draft-max", engine.draft_max,
                 "Tokens guessed from the text so far that a step verifies; 0: off. Never changes an answer")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  app.add_option("--kv-mib", flags.kv_mib, "Memory for the KV cache in MiB (default: derived)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 24));
  app.add_option("--kv", engine.kv_dtype, "Type of the KV cache (default: f32 for models in float32, else f16)")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "q8_0"}));
  app.add_option("--api-key-file", flags.api_key_file,
                 "File that holds the API key clients must send; or set RBEE_API_KEY");
  app.add_flag("--insecure-no-auth", flags.insecure, "Listen beyond this machine without an API key");
  app.add_option("--nonce", flags.config.nonce,
                 "Returned by /health, so that whoever started this worker knows it again");
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.set_version_flag("--version", "llm-worker-rbee " + version());
  app.footer(kFooter);
}

std::string trimmed(const std::string& text) {
  const char* const space = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(space);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

std::optional<std::string> read_key(const Flags& flags, const Environment& environment) {
  if (flags.api_key_file.empty()) return environment.get("RBEE_API_KEY");
  std::string key = trimmed(read_file(flags.api_key_file, kKeyFileBytesMax));
  if (key.empty()) fail(ErrorKind::kBadRequest, "--api-key-file: {} is empty", flags.api_key_file);
  return key;
}

LogLevel log_level(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  return name == "error" ? LogLevel::kError : LogLevel::kInfo;
}

// A name that ends up in logs and JSON.
void check_name(const char* flag, const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c != 0x7f; });
  if (name.size() <= wire::kNameBytesMax && plain) return;
  fail(ErrorKind::kBadRequest, "{}: expected at most {} printable ASCII characters without spaces", flag,
       wire::kNameBytesMax);
}

// As the XDG Base Directory Specification has it; nothing is kept when there is no such folder.
std::filesystem::path cache_folder(const Environment& environment) {
  const std::filesystem::path given = environment.get("XDG_CACHE_HOME").value_or("");
  if (given.is_absolute()) return given / "rbee";
  const std::filesystem::path home = environment.get("HOME").value_or("");
  return home.is_absolute() ? home / ".cache" / "rbee" : std::filesystem::path();
}

WorkerConfig finished(Flags flags, const Environment& environment) {
  WorkerConfig config = std::move(flags.config);
  std::filesystem::path path = flags.model;
  if (!path.has_filename()) path = path.parent_path();  // "models/tinyllama/"
  config.engine.model = path;
  config.engine.module_folder = environment.get("RBEE_BACKEND_DIR").value_or("");
  config.engine.cache_folder = cache_folder(environment);
  if (config.model_id.empty()) config.model_id = std::filesystem::absolute(path).lexically_normal().filename().string();
  if (config.worker_id.empty()) fail(ErrorKind::kBadRequest, "--worker-id: the name is empty");
  check_name("--worker-id", config.worker_id);
  check_name("--nonce", config.nonce);
  config.port = static_cast<std::uint16_t>(flags.port >= 0 ? flags.port : 8000 + static_cast<int>(config.engine.gpu));
  if (flags.kv_mib > 0) config.engine.kv_bytes = flags.kv_mib * 1_MiB;
  config.log_level = log_level(flags.log_level);
  config.api_key = read_key(flags, environment);
  if (!net::is_loopback(config.host) && !config.api_key && !flags.insecure) {
    fail(ErrorKind::kBadRequest,
         "--host {} is reachable from other machines: set an API key (--api-key-file or RBEE_API_KEY) or give "
         "--insecure-no-auth",
         config.host);
  }
  return config;
}

}  // namespace

Invocation parse_flags(const std::vector<std::string>& arguments, const Environment& environment) {
  CLI::App app(
      "Loads one language model and serves it over HTTP: tokens as server-sent events, OpenAI's completion routes.",
      "llm-worker-rbee");
  app.option_defaults()->always_capture_default(false);
  Flags flags;
  declare(app, flags);
  Invocation out;
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // what CLI11 takes
    app.parse(reversed);
    out.config = finished(std::move(flags), environment);
  } catch (const CLI::ParseError& error) {
    std::ostringstream to_out, to_err;
    const int code = app.exit(error, to_out, to_err);
    out.exit_code = code == 0 ? 0 : 2;
    out.out = to_out.str();
    out.err = to_err.str();
  } catch (const Error& error) {
    out.exit_code = exit_code(error.kind());
    out.err = fmt::format("llm-worker-rbee: {}\nRun with --help for more information.\n", error.what());
  }
  return out;
}

}  // namespace rbee::worker
