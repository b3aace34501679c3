// models verify.

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "command_line.h"
#include "download_command.h"
#include "hashing_line.h"
#include "pool/model_verify.h"

namespace rbee::hive {
namespace {

namespace json = boost::json;

struct VerifyFlags {
  std::vector<std::string> ids;
  bool no_repair = false;
};

// What became of one model.
struct ModelVerdict {
  std::vector<pool::FileVerdict> files;
  std::vector<std::string> bad;       ///< paths, before any repair
  std::vector<std::string> repaired;  ///< paths, good now
  int exit_code = kDone;              ///< of a repair that a signal stopped

  bool good() const { return bad.size() == repaired.size(); }
};

std::vector<pool::FileVerdict> verify_files(Hive& hive, const wire::CatalogModel& model) {
  const std::filesystem::path folder = pool::model_files_folder(hive.catalog.model_path(model));
  return pool::verify_model_files(model, folder, hashing_line(hive));
}

// Fetches the bad files again; what is good afterwards, by the catalog's hashes, counts as repaired.
void repair(Hive& hive, const wire::CatalogModel& model, ModelVerdict& verdict) {
  try {
    const DownloadRun run = repair_files(hive, model, verdict.bad);
    verdict.exit_code = run.exit_code;
    if (run.exit_code != kDone) return;
  } catch (const Error& error) {
    hive.terminal.note(fmt::format("{}: not repaired: {}", model.id, error.what()));
    return;
  }
  wire::CatalogModel fetched = model;
  std::erase_if(fetched.metadata.files, [&](const wire::ModelFile& file) {
    return std::find(verdict.bad.begin(), verdict.bad.end(), file.path) == verdict.bad.end();
  });
  for (const pool::FileVerdict& file : verify_files(hive, fetched)) {
    if (file.good()) verdict.repaired.push_back(file.path);
    if (!file.good()) hive.terminal.note(fmt::format("{}: still bad: {}", model.id, file.text()));
  }
}

std::string summary(const wire::CatalogModel& model, const ModelVerdict& verdict) {
  if (verdict.bad.empty()) return fmt::format("✓ {}: {} files are as recorded", model.id, verdict.files.size());
  if (verdict.good()) {
    return fmt::format("✓ {}: {} of {} files were bad and are fetched again, verified", model.id, verdict.bad.size(),
                       verdict.files.size());
  }
  return fmt::format("✗ {}: {} of {} files are bad", model.id, verdict.bad.size() - verdict.repaired.size(),
                     verdict.files.size());
}

json::object document(const wire::CatalogModel& model, const ModelVerdict& verdict) {
  json::array files;
  for (const pool::FileVerdict& file : verdict.files) {
    const bool repaired =
        std::find(verdict.repaired.begin(), verdict.repaired.end(), file.path) != verdict.repaired.end();
    files.push_back({{"path", file.path},
                     {"good", file.good() || repaired},
                     {"repaired", repaired},
                     {"expected", file.expected},
                     {"found", file.found},
                     {"message", file.text()}});
  }
  return {{"id", model.id}, {"good", verdict.good()}, {"files", std::move(files)}};
}

int verify_models(Hive& hive, const VerifyFlags& flags) {
  const wire::Catalog catalog = hive.catalog.load();
  std::vector<const wire::CatalogModel*> models;
  for (const std::string& id : flags.ids) models.push_back(&pool::find_model(catalog, id));
  for (const wire::CatalogModel& model : catalog.models) {
    if (flags.ids.empty() && model.downloaded) models.push_back(&model);
  }
  json::array documents;
  std::size_t bad_models = 0;
  for (const wire::CatalogModel* model : models) {
    if (!model->downloaded) fail(ErrorKind::kNotFound, "model '{}' is not downloaded: nothing to verify", model->id);
    ModelVerdict verdict;
    verdict.files = verify_files(hive, *model);
    for (const pool::FileVerdict& file : verdict.files) {
      if (file.good()) continue;
      hive.terminal.note(fmt::format("{}: {}", model->id, file.text()));
      verdict.bad.push_back(file.path);
    }
    if (!verdict.bad.empty() && !flags.no_repair) repair(hive, *model, verdict);
    bad_models += verdict.good() ? 0 : 1;
    hive.terminal.line(summary(*model, verdict));
    documents.push_back(document(*model, verdict));
    if (verdict.exit_code != kDone) return verdict.exit_code;
  }
  if (models.empty()) hive.terminal.line("No model is on disk.");
  hive.terminal.document({{"models", std::move(documents)}});
  return bad_models == 0 ? kDone : bad_models == models.size() ? kFailed : kPartlyDone;
}

}  // namespace

void add_verify_command(CLI::App& models, Invocation& invocation) {
  CLI::App* verify =
      models.add_subcommand("verify", "Compare every file with its recorded sha256; fetch bad ones again");
  auto flags = std::make_shared<VerifyFlags>();  // shared by parser and command
  verify->add_option("id", flags->ids, "Models to verify (default: all on disk)");
  verify->add_flag("--no-repair", flags->no_repair, "Only report");
  verify->footer(
      "\nExamples:\n  rbee-hive models verify tinyllama\n  rbee-hive models verify --no-repair --json\n\n"
      "A file that is bad or missing is named with both hashes. Of a model that came from the hub just the bad files "
      "are\n"
      "fetched again, at the recorded commit; an imported one cannot be repaired.\n"
      "Exit codes: 0 all is good (now), 1 bad, 3 some models are bad.");
  verify->callback(
      [&invocation, flags] { invocation.command = [flags](Hive& hive) { return verify_models(hive, *flags); }; });
}

}  // namespace rbee::hive
