#pragma once
// Which model of the catalog a download is for, and where it comes from.

#include <optional>
#include <string>

#include "pool/catalog_store.h"
#include "pool/download/hub_names.h"

namespace rbee::pool::download {

struct DownloadTarget {
  std::string id;  ///< of the catalog; checked
  RepoName repo;
  Revision revision;             ///< "main" where none was asked for
  std::optional<RepoPath> gguf;  ///< the file that was asked for, or that the catalog's model is
};

/// Finds the catalog's model for a repository that it knows, else makes an id: from the repository's name, of a GGUF
/// file from the file's. `wanted_id` overrides; empty: none. Throws Error: kNotFound (no such id), kBadRequest (a model
/// that came from no hub; an id that another model on disk has).
DownloadTarget resolve_target(const ModelReference& reference, std::string_view wanted_id, const CatalogStore& store,
                              const std::filesystem::path& models);

}  // namespace rbee::pool::download
