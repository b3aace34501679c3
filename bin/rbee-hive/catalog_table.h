#pragma once
// The catalog as people read it.

#include <string>

#include "wire/pool/catalog.h"

namespace rbee::hive {

enum class CatalogRows { kAll, kDownloaded };

/// The table with its frame, title and count; ends with a newline.
std::string catalog_table(const wire::Catalog& catalog, CatalogRows rows);

}  // namespace rbee::hive
