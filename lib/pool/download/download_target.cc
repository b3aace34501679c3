#include "pool/download/download_target.h"

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "pool/ids.h"
#include "pool/known_models.h"

namespace rbee::pool::download {
namespace {

namespace fs = std::filesystem;

// "tiny-Q4_K_M" of "sub/tiny-Q4_K_M-00001-of-00002.gguf".
std::string stem_of(const RepoPath& gguf) {
  constexpr std::size_t kPart = std::string_view("-00001-of-00003").size();
  std::string stem = fs::path(gguf.text()).stem().string();
  if (stem.size() > kPart && stem.substr(stem.size() - 9, 4) == "-of-") stem.resize(stem.size() - kPart);
  return stem;
}

bool is_gguf(const wire::CatalogModel& model) {
  return model.format == "gguf" || model.path.ends_with(".gguf");
}

// The catalog's model that comes from this repository, and is this GGUF file where one is asked for.
const wire::CatalogModel* find_by_source(const wire::Catalog& catalog, const ModelReference& reference) {
  const auto found = std::find_if(catalog.models.begin(), catalog.models.end(), [&](const wire::CatalogModel& model) {
    if (model.metadata.repo != reference.repo->text()) return false;
    if (!reference.file) return !is_gguf(model);
    return is_gguf(model) && fs::path(model.path).filename().string() == reference.file->name().text();
  });
  return found == catalog.models.end() ? nullptr : &*found;
}

RepoName repo_of(const wire::Catalog& catalog, const std::string& id) {
  const KnownModel* known = find_known_model(id);
  const wire::CatalogModel* model = catalog.find(id);
  if (model == nullptr && known == nullptr) find_model(catalog, id);  // says what is near
  const std::string text = model != nullptr ? model->metadata.repo : std::string(known->repo);
  const std::optional<RepoName> repo = RepoName::parse(text);
  if (repo) return *repo;
  fail(ErrorKind::kBadRequest, "model '{}' {}: name its repository, as in 'models download org/name --id {}'", id,
       text.empty() ? "came from no hub" : "has the odd repository '" + printable(text, 60) + "'", id);
}

void check_id_is_free(const DownloadTarget& target, const CatalogStore& store, const wire::Catalog& catalog,
                      const fs::path& models) {
  const wire::CatalogModel* model = catalog.find(target.id);
  if (model == nullptr) return;
  if (!model->metadata.repo.empty() && model->metadata.repo != target.repo.text()) {
    fail(ErrorKind::kBadRequest, "model '{}' comes from {}, not from {}: choose another --id", target.id,
         printable(model->metadata.repo, 100), target.repo.text());
  }
  if (!model->downloaded) return;
  const fs::path own = models / target.id, path = store.model_path(*model);
  if ((path != own && path.parent_path() != own) || model->metadata.repo.empty()) {
    fail(ErrorKind::kBadRequest,
         "model '{}' was imported, from {}: 'models unregister {}' first, or choose another --id", target.id,
         path.string(), target.id);
  }
  if (is_gguf(*model) != target.gguf.has_value() ||
      (target.gguf && path.filename().string() != target.gguf->name().text())) {
    fail(ErrorKind::kBadRequest, "model '{}' is {}: choose another --id", target.id, path.filename().string());
  }
}

}  // namespace

DownloadTarget resolve_target(const ModelReference& reference, std::string_view wanted_id, const CatalogStore& store,
                              const fs::path& models) {
  const wire::Catalog catalog = store.load();
  std::string id(wanted_id);
  if (id.empty()) id = reference.id;
  if (id.empty()) {
    const wire::CatalogModel* model = find_by_source(catalog, reference);
    id =
        model != nullptr ? model->id : id_from_name(reference.file ? stem_of(*reference.file) : reference.repo->name());
  }
  check_id(id, "model id");
  DownloadTarget target{id, reference.repo ? *reference.repo : repo_of(catalog, reference.id),
                        reference.revision ? *reference.revision : *Revision::parse("main"), reference.file};
  const wire::CatalogModel* model = catalog.find(id);
  if (!target.gguf && !reference.repo && model != nullptr && model->downloaded && is_gguf(*model)) {
    target.gguf = RepoPath::parse(fs::path(model->path).filename().string());
  }
  check_id_is_free(target, store, catalog, models);
  return target;
}

}  // namespace rbee::pool::download
