// models synth.

#include <map>
#include <memory>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/units.h"
#include "command_line.h"
#include "pool/ids.h"
#include "pool/known_models.h"
#include "pool/model_facts.h"
#include "pool/synth/write_model.h"

namespace rbee::hive {
namespace {

using pool::synth::ElementType;

struct SynthFlags {
  std::string model, id, type = "bf16";
  std::filesystem::path out;
  std::uint32_t layers = 0, threads = 0;
  std::uint64_t seed = 0;
  bool hollow = false;
};

const std::map<std::string, ElementType>& element_types() {
  static const std::map<std::string, ElementType> types = {
      {"bf16", ElementType::kBF16}, {"f16", ElementType::kF16}, {"f32", ElementType::kF32}};
  return types;
}

// Enters the new folder into the catalog. Its files are not hashed: 'models verify' compares sizes.
void enter(Hive& hive, const std::string& id, const SynthFlags& flags, const std::filesystem::path& folder) {
  const pool::ModelFacts facts = pool::read_model_facts(folder);
  const std::vector<wire::ModelFile> files = pool::list_model_files(folder);
  hive.catalog.update([&](wire::Catalog& newest) {
    wire::CatalogModel* model = newest.find(id);
    if (model != nullptr && model->downloaded) fail(ErrorKind::kBadRequest, "model '{}' is in the catalog already", id);
    if (model == nullptr) model = &newest.models.emplace_back();
    model->id = id;
    model->name = fmt::format("{} shape, random weights", flags.model);
    model->path = hive.catalog.stored_path(folder);
    model->downloaded = true;
    model->metadata = {};
    model->metadata.files = files;
    describe_model(*model, facts);
  });
}

int synth(Hive& hive, const SynthFlags& flags) {
  pool::synth::SynthRequest request;
  request.shape = pool::synth::find_shape(flags.model);
  if (flags.layers != 0) request.shape.layers = flags.layers;
  request.type = element_types().at(flags.type);
  request.seed = flags.seed;
  request.threads = flags.threads;
  request.hollow = flags.hollow;
  const std::string id = !flags.id.empty() ? flags.id : flags.out.empty() ? flags.model + "-synth" : "";
  if (!id.empty()) pool::check_id(id, "model id");
  if (!id.empty() && pool::find_known_model(id) != nullptr) {
    fail(ErrorKind::kBadRequest, "'{}' is the id of the real model: choose another --id for random weights", id);
  }
  const std::filesystem::path folder = flags.out.empty() ? hive.paths.model_folder(id) : flags.out;
  const SteadyTime started = hive.clock.now();
  const auto seconds_since = [&] { return std::chrono::duration<double>(hive.clock.now() - started).count(); };
  const auto report = pool::synth::write_model(request, folder, [&](std::uint64_t done, std::uint64_t total) {
    hive.terminal.progress(
        fmt::format("Writing {} of {}, {}/s", human_bytes(done), human_bytes(total),
                    human_bytes(static_cast<std::uint64_t>(static_cast<double>(done) / seconds_since()))));
  });
  const double seconds = seconds_since();
  if (!id.empty()) enter(hive, id, flags, folder);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(report.weight_bytes) / seconds);
  hive.terminal.line(fmt::format(
      "Wrote {}: {} of {} weights{} in {} {} to {} in {:.1f} s{}{}", flags.model, human_bytes(report.weight_bytes),
      flags.type, flags.hollow ? ", names and shapes alone," : "", report.shards, report.shards == 1 ? "file" : "files",
      folder.string(), seconds, flags.hollow ? "" : fmt::format(" ({}/s)", human_bytes(rate)),
      id.empty() ? "" : ", in the catalog as " + id));
  hive.terminal.document({{"id", id},
                          {"path", std::filesystem::absolute(folder).string()},
                          {"weight_bytes", report.weight_bytes},
                          {"parameters", report.parameters},
                          {"shards", report.shards},
                          {"seconds", seconds},
                          {"bytes_per_second", rate}});
  return kDone;
}

}  // namespace

void add_synth_command(CLI::App& models, Invocation& invocation) {
  CLI::App* command =
      models.add_subcommand("synth", "Write a model folder with a known model's shapes and random weights");
  auto flags = std::make_shared<SynthFlags>();  // shared by parser and command
  command
      ->add_option("model", flags->model,
                   "Whose shapes: qwen-0.5b, tinyllama, phi3, mistral, llama3-8b, gemma-2b or codellama-7b")
      ->required();
  command->add_option("--layers", flags->layers, "Fewer or more layers than the real model has")
      ->check(CLI::Range(1, 512));
  command->add_option("--dtype", flags->type, "bf16 (default), f16 or f32")
      ->check(CLI::IsMember({"bf16", "f16", "f32"}));
  command->add_option("--seed", flags->seed, "The same seed gives the same bytes (default 0)");
  command->add_flag("--hollow", flags->hollow, "Names and shapes alone: workers draw the weights in memory");
  command->add_option("--out", flags->out, "Folder to write (default: in the pool, and entered into the catalog)");
  command->add_option("--id", flags->id, "Id in the catalog (default without --out: <model>-synth)");
  command->add_option("--threads", flags->threads, "Threads that draw numbers (default: all cores)")
      ->check(CLI::Range(1, 1024));
  command->footer(
      "\nExamples:\n  rbee-hive models synth qwen-0.5b\n"
      "  rbee-hive models synth mistral --layers 4 --out /tmp/mistral-4\n"
      "  rbee-hive models synth mistral --hollow\n\n"
      "To measure a machine before a download, and to test without the hub. The answers are noise.");
  command->callback([&invocation, flags] { invocation.command = [flags](Hive& hive) { return synth(hive, *flags); }; });
}

}  // namespace rbee::hive
