#include "pool/catalog_store.h"

#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/json_text.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "pool/ids.h"
#include "pool/known_models.h"
#include "pool/limits.h"
#include "wire/pool/limits.h"

namespace rbee::pool {

namespace fs = std::filesystem;

CatalogStore::CatalogStore(fs::path file, std::string pool_id, const Clock& clock)
    : file_(std::move(file)), pool_id_(std::move(pool_id)), clock_(clock) {}

wire::Catalog CatalogStore::load() const {
  std::string text;
  try {
    text = read_file(file_, wire::kCatalogBytesMax);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
    wire::Catalog fresh;
    fresh.pool_id = pool_id_;
    for (const KnownModel& model : known_models()) fresh.models.push_back(catalog_entry(model));
    return fresh;
  }
  return wire::parse_catalog(text, file_.string());
}

wire::Catalog CatalogStore::update(const std::function<void(wire::Catalog&)>& change) {
  fs::create_directories(file_.parent_path());
  for (int attempt = 0; attempt < kUpdateAttemptsMax; ++attempt) {
    const FileLock lock(fs::path(file_.string() + ".lock"), kLockWait, clock_);
    remove_leftovers();
    wire::Catalog catalog = load();
    const std::uint64_t generation_read = catalog.generation;
    change(catalog);
    catalog.generation = generation_read + 1;
    catalog.updated_at = timestamp(clock_.wall_now());
    if (lock.still_holds() && write_if_unchanged(catalog, generation_read)) return catalog;
  }
  fail(ErrorKind::kUnavailable, "{}: another process changed it {} times while this one did; try again", file_.string(),
       kUpdateAttemptsMax);
}

bool CatalogStore::write_if_unchanged(const wire::Catalog& catalog, std::uint64_t generation_read) const {
  const std::string text = json_text(to_json(catalog));
  if (text.size() > wire::kCatalogBytesMax || catalog.models.size() > wire::kCatalogModelsMax) {
    fail(ErrorKind::kExhausted, "{}: {} models in {} bytes are too many, at most {} in {}", file_.string(),
         catalog.models.size(), text.size(), wire::kCatalogModelsMax, wire::kCatalogBytesMax);
  }
  if (load().generation != generation_read) return false;
  write_file_atomically(file_, text);
  return true;
}

// Under the lock, a temporary file of this catalog can only be that of a writer that was killed.
void CatalogStore::remove_leftovers() const {
  const std::string prefix = file_.filename().string() + ".";
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(file_.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    const bool temporary = name.size() == prefix.size() + 6 && name.starts_with(prefix);  // mkostemp's XXXXXX
    if (temporary) fs::remove(entry.path(), ignored);
  }
}

fs::path CatalogStore::model_path(const wire::CatalogModel& model) const {
  return (file_.parent_path() / model.path).lexically_normal();
}

std::string CatalogStore::stored_path(const fs::path& path) const {
  const fs::path absolute = fs::absolute(path).lexically_normal();
  const fs::path relative = absolute.lexically_relative(file_.parent_path());
  const bool inside = !relative.empty() && *relative.begin() != ".." && relative != ".";
  return inside ? relative.string() : absolute.string();
}

const wire::CatalogModel& find_model(const wire::Catalog& catalog, std::string_view id) {
  if (const wire::CatalogModel* model = catalog.find(id)) return *model;
  std::vector<std::string> ids;
  for (const wire::CatalogModel& model : catalog.models) ids.push_back(model.id);
  const std::string near = suggestion(id, ids);
  fail(ErrorKind::kNotFound, "no model '{}' in the catalog{}", printable(id, 60),
       near.empty() ? "; 'models catalog' lists them" : near);
}

}  // namespace rbee::pool
