#pragma once
// Models that are already on disk become part of the catalog.

#include <filesystem>
#include <string>

#include "pool/catalog_store.h"
#include "pool/model_facts.h"

namespace rbee::pool {

struct ImportRequest {
  std::filesystem::path path;  ///< a model folder or a .gguf file
  std::string id;              ///< empty: from the folder's or file's name
  std::string name;            ///< empty: the catalog's, or the id
  enum class Placement {
    kInPlace,  ///< the files stay where they are
    kCopy,     ///< into the models folder
  } placement = Placement::kInPlace;
  enum class Existing { kRefuse, kReplace } existing = Existing::kRefuse;
};

/// Opens and checks the model, hashes its files, and enters it as downloaded. `models` is the pool's models folder.
/// A copy appears whole or not at all. Throws Error: kNotFound, kBadFile, kUnsupported (as formats::open_model());
/// kBadRequest (a bad id, or one that names another model on disk already); kExhausted (disk full, with both numbers).
wire::CatalogModel import_model(const ImportRequest& request, CatalogStore& store, const std::filesystem::path& models,
                                const FilesProgress& progress);

}  // namespace rbee::pool
