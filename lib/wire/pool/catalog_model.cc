#include "wire/pool/catalog_model.h"

#include <limits>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "wire/pool/limits.h"
#include "wire/pool/record_fields.h"

namespace rbee::wire {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

void add_others(json::object& object, const json::object& others) {
  for (const auto& [key, value] : others) object.emplace(key, value);
}

json::value to_json(const ModelMetadata& metadata) {
  json::object object;
  if (!metadata.repo.empty()) object["repo"] = metadata.repo;
  if (!metadata.revision.empty()) object["revision"] = metadata.revision;
  if (metadata.context_length != 0) object["context_length"] = metadata.context_length;
  if (metadata.vocab_size != 0) object["vocab_size"] = metadata.vocab_size;
  if (!metadata.quantization.empty()) object["quantization"] = metadata.quantization;
  json::array files;
  for (const ModelFile& file : metadata.files) files.push_back(wire::to_json(file));
  object["files"] = std::move(files);
  add_others(object, metadata.other);
  return object;
}

ModelMetadata metadata_from_json(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  ModelMetadata metadata;
  metadata.repo = fields.text_or("repo", "");
  metadata.revision = fields.text_or("revision", "");
  metadata.context_length = fields.count_or("context_length", kCountMax, 0);
  metadata.vocab_size = fields.count_or("vocab_size", kCountMax, 0);
  metadata.quantization = fields.text_or("quantization", "");
  const json::array& files = fields.array_or_empty("files", kModelFilesMax);
  for (std::size_t i = 0; i < files.size(); ++i) {
    metadata.files.push_back(model_file_from_json(files[i], fields.full_name(fmt::format("files[{}]", i))));
  }
  metadata.other = fields.rest();
  return metadata;
}

}  // namespace

json::value to_json(const CatalogModel& model) {
  json::array backends;
  for (const std::string& backend : model.backends) backends.push_back(json::string(backend));
  json::object object{{"id", model.id},
                      {"name", model.name},
                      {"path", model.path},
                      {"format", model.format},
                      {"size_gb", model.size_gb},
                      {"architecture", model.architecture},
                      {"downloaded", model.downloaded},
                      {"backends", std::move(backends)},
                      {"metadata", to_json(model.metadata)}};
  add_others(object, model.other);
  return object;
}

CatalogModel catalog_model_from_json(const json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  CatalogModel model;
  model.id = fields.text("id");
  model.name = fields.text_or("name", model.id);
  model.path = fields.text_or("path", "");
  model.format = fields.text_or("format", "");
  model.size_gb = fields.number_or("size_gb", 0);
  model.architecture = fields.text_or("architecture", "");
  model.downloaded = fields.flag_or("downloaded", false);
  const json::array& backends = fields.array_or_empty("backends", kModelBackendsMax);
  for (std::size_t i = 0; i < backends.size(); ++i) {
    const json::string* name = backends[i].if_string();
    if (name == nullptr) fields.wrong(fmt::format("backends[{}]", i), backends[i], "text");
    model.backends.emplace_back(name->data(), name->size());
  }
  if (const json::value* metadata = fields.object_or_null("metadata")) {
    model.metadata = metadata_from_json(*metadata, fields.full_name("metadata"));
  }
  model.other = fields.rest();
  return model;
}

}  // namespace rbee::wire
