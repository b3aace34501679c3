#include "pool/model_removal.h"

#include <algorithm>

#include "base/error.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

void erase(wire::Catalog& catalog, std::string_view id) {
  std::erase_if(catalog.models, [=](const wire::CatalogModel& model) { return model.id == id; });
}

std::uint64_t bytes_under(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && !entry.is_symlink()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace

void unregister_model(CatalogStore& store, std::string_view id) {
  store.update([&](wire::Catalog& catalog) {
    find_model(catalog, id);
    erase(catalog, id);
  });
}

std::uint64_t delete_model(CatalogStore& store, std::string_view id, const fs::path& models) {
  const wire::Catalog catalog = store.load();
  const wire::CatalogModel& model = find_model(catalog, id);
  // Only models/<id> itself is the pool's: whatever path the catalog names, nothing else is ever deleted.
  const fs::path own = models / model.id;
  const fs::path path = store.model_path(model);
  const bool inside = path == own || path.parent_path() == own;
  if (model.downloaded && !inside) {
    fail(ErrorKind::kBadRequest, "model '{}' lies at {}, outside the pool's folder: 'models unregister {}' forgets it",
         model.id, path.string(), model.id);
  }
  // First the entry, then the files: a crash in between leaves files that no entry promises.
  store.update([&](wire::Catalog& newest) {
    wire::CatalogModel* entry = newest.find(id);
    if (entry == nullptr) return;
    if (entry->metadata.repo.empty()) return erase(newest, id);
    entry->downloaded = false;
    entry->metadata.files.clear();
    entry->metadata.revision.clear();
  });
  std::error_code error;
  if (!fs::exists(own, error) || fs::is_symlink(own, error)) return 0;
  try {
    const std::uint64_t bytes = bytes_under(own);
    fs::remove_all(own);
    return bytes;
  } catch (const fs::filesystem_error& failure) {
    fail(ErrorKind::kIo, "{}: cannot delete: {}", own.string(), failure.code().message());
  }
}

}  // namespace rbee::pool
