// models register, unregister, import, delete.

#include <memory>

#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/printable.h"
#include "base/units.h"
#include "command_line.h"
#include "hashing_line.h"
#include "pool/download/model_download.h"
#include "pool/ids.h"
#include "pool/known_models.h"
#include "pool/model_import.h"
#include "pool/model_removal.h"
#include "pool/worker_watch.h"

namespace rbee::hive {
namespace {

struct RegisterFlags {
  std::string id, repo, name;
  double size_gb = 0;
};

// "org/name", as the hub has it: two parts, each like an id.
void check_repo(const std::string& repo) {
  const std::size_t slash = repo.find('/');
  if (slash == std::string::npos || !pool::is_id(repo.substr(0, slash)) || !pool::is_id(repo.substr(slash + 1))) {
    fail(ErrorKind::kBadRequest, "'{}' is no repository: expected org/name", printable(repo, 60));
  }
}

int register_model(Hive& hive, const RegisterFlags& flags) {
  pool::check_id(flags.id, "model id");
  const pool::KnownModel* known = pool::find_known_model(flags.id);
  if (!flags.repo.empty()) check_repo(flags.repo);
  if (flags.repo.empty() && known == nullptr) {
    fail(ErrorKind::kBadRequest, "'{}' is none of the known models: give its --repo org/name", flags.id);
  }
  const wire::Catalog catalog = hive.catalog.update([&](wire::Catalog& newest) {
    wire::CatalogModel* model = newest.find(flags.id);
    if (model != nullptr && model->downloaded && !flags.repo.empty() && model->metadata.repo != flags.repo) {
      fail(ErrorKind::kBadRequest, "model '{}' is on disk already, from {}: delete it first, or choose another id",
           flags.id, model->metadata.repo.empty() ? "elsewhere" : model->metadata.repo);
    }
    if (model == nullptr) {
      model = &newest.models.emplace_back();
      if (known != nullptr) *model = pool::catalog_entry(*known);
      model->id = flags.id;
      model->path = flags.id;
    }
    if (!flags.repo.empty()) model->metadata.repo = flags.repo;
    if (!flags.name.empty()) model->name = flags.name;
    if (model->name.empty()) model->name = flags.id;
    if (flags.size_gb > 0) model->size_gb = flags.size_gb;
  });
  hive.terminal.line(fmt::format("Registered {} ({})", flags.id, catalog.find(flags.id)->metadata.repo));
  hive.terminal.document(to_json(*catalog.find(flags.id)));
  return kDone;
}

int import_model(Hive& hive, const pool::ImportRequest& request) {
  const wire::CatalogModel model = pool::import_model(request, hive.catalog, hive.paths.models, hashing_line(hive));
  hive.terminal.line(fmt::format("Imported {}: {} {}, {}, {} positions, at {}", model.id, model.architecture,
                                 model.metadata.quantization,
                                 human_bytes(static_cast<std::uint64_t>(model.size_gb * 1e9 + 0.5)),
                                 model.metadata.context_length, hive.catalog.model_path(model).string()));
  hive.terminal.document(to_json(model));
  return kDone;
}

int unregister_model(Hive& hive, const std::string& id) {
  pool::unregister_model(hive.catalog, id);
  hive.terminal.line(fmt::format("Unregistered {}; its files stay", id));
  hive.terminal.document({{"id", id}, {"unregistered", true}});
  return kDone;
}

int delete_model(Hive& hive, const std::string& id) {
  for (const wire::WorkerRecord& record : hive.records.list()) {
    if (record.model_id != id || !is_alive(pool::process_of(record))) continue;
    fail(ErrorKind::kUnavailable, "model '{}' is in use by worker {} (pid {}): stop it first", id, record.worker_id,
         record.pid);
  }
  pool::download::refuse_while_downloading(hive.paths.models, id, hive.clock);
  const std::uint64_t bytes = pool::delete_model(hive.catalog, id, hive.paths.models);
  hive.terminal.line(fmt::format("Deleted {}: {} freed", id, human_bytes(bytes)));
  hive.terminal.document({{"id", id}, {"deleted", true}, {"bytes", bytes}});
  return kDone;
}

void add_import(CLI::App& models, Invocation& invocation) {
  CLI::App* command =
      models.add_subcommand("import", "Take a model folder or .gguf file that is on disk into the catalog");
  auto request = std::make_shared<pool::ImportRequest>();  // shared by the parser and the command, as those below
  auto copy = std::make_shared<bool>(false), replace = std::make_shared<bool>(false);
  command->add_option("path", request->path, "A model folder (config.json, *.safetensors) or a .gguf file")->required();
  command->add_option("--id", request->id, "Its id (default: from the folder's or file's name)");
  command->add_option("--name", request->name, "Its name for people");
  command->add_flag("--copy", *copy, "Copy the files into the pool's folder (default: they stay where they are)");
  command->add_flag("--replace", *replace, "Take the place of another model of this id");
  command->footer(
      "\nExamples:\n  rbee-hive models import ./models/demo-qwen\n"
      "  rbee-hive models import ./tiny.Q4_K_M.gguf --id tiny --copy");
  command->callback([&invocation, request, copy, replace] {
    if (*copy) request->placement = pool::ImportRequest::Placement::kCopy;
    if (*replace) request->existing = pool::ImportRequest::Existing::kReplace;
    invocation.command = [request](Hive& hive) { return import_model(hive, *request); };
  });
}

void add_register(CLI::App& models, Invocation& invocation) {
  CLI::App* command =
      models.add_subcommand("register", "Enter a model of the hub into the catalog, not yet downloaded");
  auto flags = std::make_shared<RegisterFlags>();
  command->add_option("id", flags->id, "Its id in the catalog")->required();
  command->add_option("--repo", flags->repo, "Its repository on the hub: org/name (known ids need none)");
  command->add_option("--name", flags->name, "Its name for people");
  command->add_option("--size-gb", flags->size_gb, "Its size in decimal gigabytes")->check(CLI::NonNegativeNumber);
  command->footer(
      "\nExamples:\n  rbee-hive models register tinyllama\n"
      "  rbee-hive models register smol --repo HuggingFaceTB/SmolLM2-135M-Instruct --size-gb 0.3");
  command->callback(
      [&invocation, flags] { invocation.command = [flags](Hive& hive) { return register_model(hive, *flags); }; });
}

void add_by_id(CLI::App& models, Invocation& invocation, const std::string& name, const std::string& description,
               int (*act)(Hive&, const std::string&)) {
  CLI::App* command = models.add_subcommand(name, description);
  auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "The model's id in the catalog")->required();
  command->footer("\nExample:\n  rbee-hive models " + name + " tinyllama");
  command->callback([&invocation, id, act] { invocation.command = [id, act](Hive& hive) { return act(hive, *id); }; });
}

}  // namespace

void add_model_commands(CLI::App& models, Invocation& invocation) {
  add_import(models, invocation);
  add_register(models, invocation);
  add_by_id(models, invocation, "unregister", "Take a model out of the catalog; its files stay", unregister_model);
  add_by_id(models, invocation, "delete", "Delete a model's files from the pool's folder", delete_model);
}

}  // namespace rbee::hive
