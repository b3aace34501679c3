#pragma once
// The models that every pool knows by a short name.

#include <cstdint>
#include <span>
#include <string_view>

#include "wire/pool/catalog_model.h"

namespace rbee::pool {

/// Name, source and nominal size of a model on the hub.
struct KnownModel {
  std::string_view id;
  std::string_view name;  ///< for people
  std::string_view repo;  ///< "org/name"
  double size_gb;         ///< of the weights as published (BF16 or F16), decimal
  std::string_view architecture;
};

/// In the order in which the catalog shows them.
std::span<const KnownModel> known_models();

/// Null when the id is none of them.
const KnownModel* find_known_model(std::string_view id);

/// The catalog's entry for a model that is not downloaded yet.
wire::CatalogModel catalog_entry(const KnownModel& model);

}  // namespace rbee::pool
