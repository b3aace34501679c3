// models catalog, list, info.

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/memory.h"
#include "base/printable.h"
#include "base/units.h"
#include "catalog_table.h"
#include "command_line.h"
#include "pool/ids.h"
#include "pool/memory_estimate.h"
#include "pool/model_facts.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;

int show_catalog(Hive& hive, CatalogRows rows) {
  wire::Catalog catalog = hive.catalog.load();
  hive.terminal.raw(catalog_table(catalog, rows));
  if (rows == CatalogRows::kDownloaded) {
    std::erase_if(catalog.models, [](const wire::CatalogModel& model) { return !model.downloaded; });
  }
  hive.terminal.document(to_json(catalog));
  return kDone;
}

// What one token costs: the weights that are read for it, and the parameters that it is multiplied with while a prompt
// is processed, where the output head is needed once. Of an embedding that is no head too, one row is read. About:
// every tensor counts with the mean size of a parameter.
json::value work_per_token(const pool::ModelFacts& facts) {
  const double parameters = static_cast<double>(facts.parameters);
  const double table = static_cast<double>(facts.config.vocab_size) * facts.config.hidden_size;
  const double head_only = facts.config.tied_embeddings ? 0 : table;
  return {{"read_bytes", static_cast<double>(facts.weight_bytes) * (1 - head_only / std::max(parameters, 1.0))},
          {"prompt_parameters", parameters - table - head_only},
          {"kv_bytes_per_position", pool::estimate_memory(facts.config, facts.weight_bytes, 1).kv}};
}

void print_facts(Terminal& terminal, const wire::CatalogModel& model, const std::filesystem::path& path) {
  const auto field = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) terminal.line(padded(name, 16) + printable(value));
  };
  const auto count = [](std::uint64_t number) { return number == 0 ? std::string() : std::to_string(number); };
  field("ID", model.id);
  field("Name", model.name);
  field("Downloaded", model.downloaded ? "yes" : "no");
  field("Repository", model.metadata.repo);
  field("Revision", model.metadata.revision);
  field("Architecture", model.architecture);
  field("Size", human_bytes(static_cast<std::uint64_t>(model.size_gb * 1e9 + 0.5)));
  if (!model.downloaded) return;
  field("Path", path.string());
  field("Format", model.format);
  field("Weights", model.metadata.quantization);
  field("Context", count(model.metadata.context_length));
  field("Vocabulary", count(model.metadata.vocab_size));
  for (const wire::ModelFile& file : model.metadata.files) {
    field("File", fmt::format("{} ({}) {}", file.path, human_bytes(file.size), file.sha256));
  }
}

void show_quantized(Terminal& terminal, const std::filesystem::path& path, json::object& document) {
  json::array quantized;
  for (const wire::ModelFile& file : pool::list_quantized_weights(path)) {
    terminal.line(padded("Quantized", 16) + fmt::format("{} ({})", printable(file.path), human_bytes(file.size)));
    quantized.push_back({{"path", file.path}, {"size", file.size}});
  }
  document["quantized"] = std::move(quantized);
}

int show_info(Hive& hive, const std::string& id, const std::string& weights) {
  const wire::Catalog catalog = hive.catalog.load();
  const wire::CatalogModel& model = pool::find_model(catalog, id);
  const std::filesystem::path path = hive.catalog.model_path(model);
  print_facts(hive.terminal, model, path);
  json::object document = to_json(model).as_object();
  document["absolute_path"] = path.string();
  if (model.downloaded) {
    const pool::ModelFacts facts = pool::read_model_facts(path, weights);
    const pool::MemoryEstimate estimate = pool::estimate_memory(facts.config, facts.weight_bytes, 0);
    const pool::MemoryEstimate whole =
        pool::estimate_memory(facts.config, facts.weight_bytes, facts.config.context_length);
    const std::string as = weights.empty() ? "" : fmt::format("as {}: ", facts.quantization);
    hive.terminal.line(padded("Memory", 16) + as +
                       fmt::format("{} with {} positions, {} with {}; {} are available", human_bytes(estimate.total()),
                                   estimate.context, human_bytes(whole.total()), whole.context,
                                   human_bytes(available_memory_bytes())));
    show_quantized(hive.terminal, path, document);
    document["parameters"] = facts.parameters;
    document["weights"] = facts.quantization;
    document["work_per_token"] = work_per_token(facts);
    document["memory"] = {
        {"weights", estimate.weights},          {"kv", estimate.kv},         {"overhead", estimate.overhead},
        {"context", estimate.context},          {"total", estimate.total()}, {"total_whole_context", whole.total()},
        {"available", available_memory_bytes()}};
  }
  hive.terminal.document(document);
  return kDone;
}

}  // namespace

void add_catalog_commands(CLI::App& models, Invocation& invocation) {
  CLI::App* catalog = models.add_subcommand("catalog", "All models that this pool knows");
  catalog->footer("\nExample:\n  rbee-hive models catalog --json");
  catalog->callback([&] { invocation.command = [](Hive& hive) { return show_catalog(hive, CatalogRows::kAll); }; });

  CLI::App* list = models.add_subcommand("list", "The models that are on disk");
  list->footer("\nExample:\n  rbee-hive models list");
  list->callback([&] { invocation.command = [](Hive& hive) { return show_catalog(hive, CatalogRows::kDownloaded); }; });

  CLI::App* info = models.add_subcommand("info", "One model: its files, context, and the memory that it needs");
  auto id = std::make_shared<std::string>(), weights = std::make_shared<std::string>();  // shared with the parser
  info->add_option("id", *id, "The model's id in the catalog")->required();
  info->add_option("--weights", *weights, "Its memory when a worker quantizes it on load: q8_0, q4_0 or q4_k")
      ->check(CLI::IsMember({"q8_0", "q4_0", "q4_k"}, CLI::ignore_case));
  info->footer("\nExamples:\n  rbee-hive models info tinyllama\n  rbee-hive models info mistral --weights q4_k");
  info->callback([&invocation, id, weights] {
    invocation.command = [id, weights](Hive& hive) { return show_info(hive, *id, *weights); };
  });
}

}  // namespace rbee::hive
