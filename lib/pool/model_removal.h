#pragma once
// Models leave the catalog, or the disk.

#include <string_view>

#include "pool/catalog_store.h"

namespace rbee::pool {

/// Takes the entry out of the catalog; files stay. Throws Error{kNotFound}.
void unregister_model(CatalogStore& store, std::string_view id);

/// Deletes the files of a model that lie in the pool's own models folder, and returns their bytes. The entry stays as
/// not downloaded when its repository is known, else it goes. Throws Error: kNotFound; kBadRequest when the files lie
/// elsewhere (an import in place: they are not the pool's to delete); kIo.
std::uint64_t delete_model(CatalogStore& store, std::string_view id, const std::filesystem::path& models);

}  // namespace rbee::pool
