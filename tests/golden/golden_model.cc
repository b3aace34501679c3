#include "golden_model.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/units.h"

namespace rbee::golden {
namespace {

namespace json = boost::json;
using engine::TokenId;

std::vector<TokenId> token_ids(const json::object& object, const char* key) {
  std::vector<TokenId> ids;
  for (const json::value& value : object.at(key).as_array()) ids.emplace_back(value.to_number<std::int32_t>());
  return ids;
}

std::vector<float> floats(const json::object& object, const char* key) {
  std::vector<float> numbers;
  if (!object.contains(key)) return numbers;
  for (const json::value& value : object.at(key).as_array()) numbers.push_back(value.to_number<float>());
  return numbers;
}

std::string text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

GoldenModel read_model(const std::string& name, const std::filesystem::path& path,
                       const std::filesystem::path& expected) {
  const json::value document = parse_json(read_file(expected, 64_MiB), expected.string());
  GoldenModel model{.name = name, .path = path};
  for (const json::value& entry : document.as_object().at("cases").as_array()) {
    const json::object& object = entry.as_object();
    model.cases.push_back({.prompt = text(object, "prompt"),
                           .question = text(object, "question"),
                           .ids = token_ids(object, "ids"),
                           .logits = floats(object, "logits"),
                           .greedy = token_ids(object, "greedy"),
                           .margins = floats(object, "margin"),
                           .text = text(object, "text")});
  }
  return model;
}

}  // namespace

std::vector<GoldenModel> golden_models_in(const std::filesystem::path& folder) {
  std::vector<GoldenModel> models;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    const std::filesystem::path expected =
        entry.is_directory() ? path / "expected.json" : std::filesystem::path(path).replace_extension(".expected.json");
    if (!entry.is_directory() && path.extension() != ".gguf") continue;
    if (std::filesystem::exists(expected)) models.push_back(read_model(path.stem().string(), path, expected));
  }
  std::sort(models.begin(), models.end(), [](const GoldenModel& a, const GoldenModel& b) { return a.name < b.name; });
  return models;
}

std::vector<GoldenModel> fixture_models() {
  std::vector<GoldenModel> models;
  for (const char* folder : {"models", "more_models", "gguf", "more_gguf"}) {
    for (GoldenModel& model : golden_models_in(std::filesystem::path(RBEE_TEST_DATA) / folder)) {
      models.push_back(std::move(model));
    }
  }
  return models;
}

}  // namespace rbee::golden
