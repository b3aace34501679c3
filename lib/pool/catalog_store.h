#pragma once
// The catalog file, shared by every process of a pool.

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "wire/pool/catalog.h"

namespace rbee::pool {

/// Reads without a lock (the file is always whole); writes under a lock file beside it, and only over the generation
/// that was read: a writer that lost its lock while it was paused writes nothing. Any thread.
class CatalogStore {
 public:
  /// `clock` outlives the store. `pool_id` names a fresh catalog.
  CatalogStore(std::filesystem::path file, std::string pool_id, const Clock& clock);

  /// The catalog; a fresh one, with the known models as not downloaded, where there is no file yet. Throws Error:
  /// kBadFile, kUnsupported, kIo.
  wire::Catalog load() const;

  /// Applies `change` to the newest catalog, writes it and returns it. `change` may be called again when another
  /// process wrote meanwhile, and nothing is written when it throws. Throws Error: as load(); kUnavailable "locked by
  /// pid 123 since …"; kExhausted when the disk is full: the old catalog stays as it was.
  wire::Catalog update(const std::function<void(wire::Catalog&)>& change);

  const std::filesystem::path& file() const { return file_; }
  /// Where the files of `model` lie: relative paths count from the catalog's folder.
  std::filesystem::path model_path(const wire::CatalogModel& model) const;
  /// How the catalog writes `path`: relative when it lies in the catalog's folder.
  std::string stored_path(const std::filesystem::path& path) const;

 private:
  void remove_leftovers() const;
  bool write_if_unchanged(const wire::Catalog& catalog, std::uint64_t generation_read) const;

  const std::filesystem::path file_;
  const std::string pool_id_;
  const Clock& clock_;
};

/// The model `id`. Throws Error{kNotFound} with the nearest id and how to see all.
const wire::CatalogModel& find_model(const wire::Catalog& catalog, std::string_view id);

}  // namespace rbee::pool
