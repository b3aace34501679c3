#include "spawn_command.h"

#include <memory>
#include <optional>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/memory.h"
#include "base/units.h"
#include "pool/ids.h"
#include "pool/limits.h"
#include "pool/listen_address.h"
#include "pool/memory_estimate.h"
#include "pool/model_facts.h"
#include "pool/program_search.h"
#include "worker_view.h"

namespace rbee::hive {
namespace {

struct SpawnFlags {
  std::string backend, model, id, host, api_key_file, cpu_isa, kv, weights;
  std::uint32_t gpu = 0, context = 0, threads = 0, timeout_seconds = pool::kLoadStall.count();
  std::uint16_t port = 0;
  std::optional<std::uint32_t> draft_max;
  bool port_given = false;
  bool no_wait = false, insecure = false, ignore_memory = false;
};

std::string key_file(const SpawnFlags& flags, const pool::PoolConfig& config) {
  return !flags.api_key_file.empty() ? flags.api_key_file : config.worker_api_key_file.value_or("").string();
}

bool is_declared_open(const SpawnFlags& flags, const pool::PoolConfig& config) {
  return flags.insecure || config.worker_insecure_no_auth;
}

std::string listen_address(const Hive& hive, const SpawnFlags& flags) {
  if (!flags.host.empty()) return flags.host;
  const bool settled = !key_file(flags, hive.config).empty() || is_declared_open(flags, hive.config);
  return pool::default_listen_address(hive.config, hive.environment,
                                      settled ? pool::WorkerAccess::kKeyOrDeclaredOpen : pool::WorkerAccess::kOpen);
}

// Threads and authentication are the worker's business: they are passed on.
std::vector<std::string> more_arguments(const SpawnFlags& flags, const pool::PoolConfig& config) {
  std::vector<std::string> arguments;
  if (flags.threads != 0) arguments.insert(arguments.end(), {"--threads", std::to_string(flags.threads)});
  if (!flags.cpu_isa.empty()) arguments.insert(arguments.end(), {"--cpu-isa", flags.cpu_isa});
  if (!flags.weights.empty()) arguments.insert(arguments.end(), {"--weights", flags.weights});
  if (!flags.kv.empty()) arguments.insert(arguments.end(), {"--kv", flags.kv});
  if (flags.draft_max) arguments.insert(arguments.end(), {"--draft-max", std::to_string(*flags.draft_max)});
  const std::string key = key_file(flags, config);
  if (!key.empty()) arguments.insert(arguments.end(), {"--api-key-file", key});
  if (is_declared_open(flags, config)) arguments.emplace_back("--insecure-no-auth");
  return arguments;
}

pool::SpawnRequest make_request(const Hive& hive, const SpawnFlags& flags) {
  pool::check_backend(flags.backend);
  if (!flags.id.empty()) pool::check_id(flags.id, "worker id");
  pool::check_id(flags.model, "model id");
  const wire::Catalog catalog = hive.catalog.load();
  const wire::CatalogModel& model = pool::find_model(catalog, flags.model);
  if (!model.downloaded) {
    fail(ErrorKind::kNotFound,
         "model '{}' is not downloaded: 'models download {}' or 'models import PATH --id {}' first", model.id, model.id,
         model.id);
  }
  pool::SpawnRequest request;
  request.backend = flags.backend;
  request.model_id = model.id;
  request.model_path = hive.catalog.model_path(model);
  request.gpu = flags.gpu;
  request.worker_id = flags.id;
  if (flags.port_given) request.port = flags.port;
  request.host = listen_address(hive, flags);
  request.context = flags.context;
  request.more_arguments = more_arguments(flags, hive.config);
  request.program = pool::find_worker_program(hive.own_program, hive.config, hive.environment);
  return request;
}

// Of the types that the worker's --kv takes; without it, 16 bits are what most models get.
formats::DType cache_dtype(const SpawnFlags& flags) {
  if (flags.kv == "f32") return formats::DType::kF32;
  return flags.kv == "q8_0" ? formats::DType::kQ8_0 : formats::DType::kF16;
}

// Weights of these live in the machine's memory; a GPU's memory is the worker's to judge.
bool uses_machine_memory(const std::string& backend) {
  return backend == "cpu" || backend == "reference";
}

wire::WorkerRecord start_and_wait(Hive& hive, const SpawnFlags& flags, const pool::SpawnRequest& request,
                                  const pool::WorkerWorld& world) {
  for (int choice = 1;; ++choice) {
    const wire::WorkerRecord record = pool::start_worker(request, world);
    hive.terminal.progress(fmt::format("Starting {}", record.worker_id));
    try {
      pool::wait_until_ready(record, world, std::chrono::seconds(flags.timeout_seconds),
                             [&](const wire::WorkerReadiness& readiness) {
                               hive.terminal.progress(fmt::format("{}: {}", record.worker_id, loading_text(readiness)));
                             });
      return record;
    } catch (const Error&) {
      if (choice == pool::kPortChoicesMax || !pool::lost_its_port(request, record)) throw;
    }
  }
}

int spawn(Hive& hive, const SpawnFlags& flags) {
  const pool::SpawnRequest request = make_request(hive, flags);
  const pool::ModelFacts facts = pool::read_model_facts(request.model_path, flags.weights);
  if (flags.context > facts.config.context_length) {
    fail(ErrorKind::kBadRequest, "--context {}: model '{}' was made for {} positions", flags.context, request.model_id,
         facts.config.context_length);
  }
  const pool::MemoryEstimate estimate =
      pool::estimate_memory(facts.config, facts.weight_bytes, flags.context, cache_dtype(flags));
  if (uses_machine_memory(request.backend) && !flags.ignore_memory) {
    pool::check_fit(request, estimate, available_memory_bytes());
  }
  const pool::WorkerWorld world = hive.worker_world();
  const SteadyTime started = hive.clock.now();
  const wire::WorkerRecord record =
      flags.no_wait ? pool::start_worker(request, world) : start_and_wait(hive, flags, request, world);
  const double seconds = std::chrono::duration<double>(hive.clock.now() - started).count();
  const pool::WorkerSighting worker = pool::sight_worker(record, world.get);
  hive.terminal.line(fmt::format("Worker {} {}: {} on {} at {} (pid {}{})", record.worker_id,
                                 flags.no_wait ? "is starting" : "is ready", record.model_id, record.backend,
                                 pool::worker_origin(record), record.pid,
                                 flags.no_wait ? "" : fmt::format(", {:.1f} s", seconds)));
  boost::json::object document = worker_document(worker);
  document["start_seconds"] = seconds;
  document["log"] = hive.paths.worker_log(record.worker_id).string();
  document["estimate_bytes"] = estimate.total();
  hive.terminal.document(document);
  return kDone;
}

constexpr const char* kSpawnFooter = R"(
Examples:
  rbee-hive worker spawn cpu --model tinyllama
  rbee-hive worker spawn cuda --model mistral --gpu 1
  rbee-hive worker spawn cpu --model mistral --weights q4_k
  rbee-hive worker spawn cpu --model qwen-0.5b --id second --port 0

It returns when the worker is ready, or fails with the last lines of its log.
Ctrl-C while it loads leaves the worker loading: see 'worker list'.)";

}  // namespace

void add_spawn_command(CLI::App& worker, Invocation& invocation) {
  CLI::App* command = worker.add_subcommand("spawn", "Start a worker for a model and wait until it is ready");
  auto flags = std::make_shared<SpawnFlags>();  // shared by parser and command
  command->add_option("backend", flags->backend, "cpu, cuda, metal, vulkan or reference")->required();
  command->add_option("--model", flags->model, "The model's id in the catalog")->required();
  command->add_option("--gpu", flags->gpu, "Which device of the backend (default 0)")
      ->check(CLI::Range(std::uint32_t{0}, pool::kGpuMax));
  CLI::Option* port =
      command->add_option("--port", flags->port, "Port to listen on; 0: a free one (default: 8000 + gpu)");
  command->add_option("--id", flags->id, "The worker's id (default: worker-<backend>-<gpu>)");
  command->add_option(
      "--listen,--host", flags->host,
      "Address to listen on (default: worker_host of config.toml, or where ssh came in if that is safe, or 127.0.0.1)");
  command->add_option("--context", flags->context,
                      "Positions per request (default: the model's, as far as memory allows)");
  command->add_option("--threads", flags->threads, "Threads of the backend (default: all cores)");
  command->add_option("--cpu-isa", flags->cpu_isa, "Instruction set of the cpu backend (default: the machine's best)")
      ->check(CLI::IsMember({"portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16", "neon",
                             "neon-dotprod", "neon-i8mm"}));
  command->add_option("--weights", flags->weights, "Quantize the weights on load: q8_0, q4_0 or q4_k; kept on disk")
      ->check(CLI::IsMember({"q8_0", "q4_0", "q4_k"}, CLI::ignore_case));
  command->add_option("--kv", flags->kv, "Type of the KV cache (default: f32 for models in float32, else f16)")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "q8_0"}));
  command->add_option("--draft-max", flags->draft_max, "Tokens guessed and verified per step; 0: off (default: 16)")
      ->check(CLI::Range(0, 64));
  command
      ->add_option("--timeout", flags->timeout_seconds, "Seconds without loading progress before it is given up (300)")
      ->check(CLI::Range(1, 86'400));
  command->add_option("--api-key-file", flags->api_key_file, "File with the key that clients must send");
  command->add_flag("--insecure-no-auth", flags->insecure, "Listen beyond this machine without a key");
  command->add_flag("--no-wait", flags->no_wait, "Return at once");
  command->add_flag("--ignore-memory", flags->ignore_memory, "Start even if the model does not seem to fit");
  command->footer(kSpawnFooter);
  command->callback([&invocation, flags, port] {
    flags->port_given = port->count() > 0;
    invocation.command = [flags](Hive& hive) { return spawn(hive, *flags); };
  });
}

}  // namespace rbee::hive
