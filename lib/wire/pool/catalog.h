#pragma once
// A pool's catalog of models: the file models/catalog.json.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "wire/pool/catalog_model.h"

namespace rbee::wire {

/// `{"version":"1.0","pool_id","updated_at","generation","models":[…]}`.
struct Catalog {
  std::string version = "1.0";
  std::string pool_id;
  std::string updated_at;        ///< RFC 3339, UTC
  std::uint64_t generation = 0;  ///< one more at every write: a writer that read an older one must read again
  std::vector<CatalogModel> models;
  boost::json::object other;  ///< fields that this version does not know

  /// Null when no model has this id.
  const CatalogModel* find(std::string_view id) const;
  CatalogModel* find(std::string_view id);
};

boost::json::value to_json(const Catalog& catalog);

/// Reads a whole catalog file. `source` names it in errors. Throws Error: kBadFile (not JSON, wrong types, two models
/// with one id), kUnsupported (a version other than 1.x).
Catalog parse_catalog(std::string_view text, std::string_view source);

}  // namespace rbee::wire
