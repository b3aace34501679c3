#include "wire/pool/catalog.h"

#include <limits>
#include <unordered_set>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json.h"
#include "wire/pool/limits.h"
#include "wire/pool/record_fields.h"

namespace rbee::wire {

namespace json = boost::json;

const CatalogModel* Catalog::find(std::string_view id) const {
  for (const CatalogModel& model : models) {
    if (model.id == id) return &model;
  }
  return nullptr;
}

CatalogModel* Catalog::find(std::string_view id) {
  return const_cast<CatalogModel*>(static_cast<const Catalog*>(this)->find(id));
}

json::value to_json(const Catalog& catalog) {
  json::array models;
  for (const CatalogModel& model : catalog.models) models.push_back(to_json(model));
  json::object object{{"version", catalog.version},
                      {"pool_id", catalog.pool_id},
                      {"updated_at", catalog.updated_at},
                      {"generation", catalog.generation},
                      {"models", std::move(models)}};
  for (const auto& [key, value] : catalog.other) object.emplace(key, value);
  return object;
}

Catalog parse_catalog(std::string_view text, std::string_view source) {
  const json::value document = parse_json(text, source);
  RecordFields fields(document, std::string(source));
  Catalog catalog;
  catalog.version = fields.text("version");
  if (!catalog.version.starts_with("1.")) {
    fail(ErrorKind::kUnsupported, "{}: version is \"{}\", this program reads 1.x", source, catalog.version);
  }
  catalog.pool_id = fields.text_or("pool_id", "");
  catalog.updated_at = fields.text_or("updated_at", "");
  catalog.generation = fields.count_or("generation", std::numeric_limits<std::int64_t>::max(), 0);
  const json::array& models = fields.array_or_empty("models", kCatalogModelsMax);
  std::unordered_set<std::string> ids;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string where = fields.full_name(fmt::format("models[{}]", i));
    catalog.models.push_back(catalog_model_from_json(models[i], where));
    if (!ids.insert(catalog.models.back().id).second) {
      fail(ErrorKind::kBadFile, "{}.id is \"{}\", which an earlier model has too", where, catalog.models.back().id);
    }
  }
  catalog.other = fields.rest();
  return catalog;
}

}  // namespace rbee::wire
