#include "wire/pool/catalog.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json_text.h"
#include "wire/pool/worker_record.h"

namespace rbee::wire {
namespace {

std::string failure(std::string_view text) {
  try {
    parse_catalog(text, "catalog.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string with_model(const std::string& model) {
  return R"({"version":"1.0","models":[)" + model + "]}";
}

TEST(CatalogTest, unknown_fields_survive_at_every_level) {
  const std::string text =
      R"({"version":"1.0","pool_id":"p","updated_at":"t","generation":7,"models":[{"id":"a","name":"A","path":"models/a",)"
      R"("format":"safetensors","size_gb":2.2,"architecture":"llama","downloaded":true,"backends":["cpu"],"metadata":)"
      R"({"repo":"o/r","revision":"c","context_length":2048,"vocab_size":32000,"quantization":"BF16","files":[{"path":)"
      R"("x/y.json","size":5,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","new1":[1]}],)"
      R"("new2":null},"new3":{"deep":true}}],"new4":"kept"})";
  EXPECT_EQ(json_line(to_json(parse_catalog(text, "catalog.json"))), text);
}

TEST(CatalogTest, what_is_absent_has_a_default) {
  const Catalog catalog = parse_catalog(with_model(R"({"id":"a","path":null})"), "catalog.json");
  EXPECT_EQ(catalog.models[0].name, "a");
  EXPECT_FALSE(catalog.models[0].downloaded);
  EXPECT_EQ(catalog.generation, 0u);
  EXPECT_NE(catalog.find("a"), nullptr);
  EXPECT_EQ(catalog.find("b"), nullptr);
}

TEST(CatalogTest, errors_name_the_place_the_found_and_the_expected) {
  EXPECT_EQ(failure("[]"), "catalog.json is an array, expected an object");
  EXPECT_EQ(failure("{}"), "catalog.json: version is missing, expected text");
  EXPECT_EQ(failure(R"({"version":1})"), "catalog.json: version is 1, expected text");
  EXPECT_EQ(failure(R"({"version":"2.0"})"), "catalog.json: version is \"2.0\", this program reads 1.x");
  EXPECT_EQ(failure(R"({"version":"1.0","models":{}})"), "catalog.json: models is an object, expected an array");
  EXPECT_EQ(failure(with_model("{}")), "catalog.json: models[0].id is missing, expected text");
  EXPECT_EQ(failure(with_model(R"({"id":"a","size_gb":"big"})")),
            "catalog.json: models[0].size_gb is \"big\", expected a number that is not negative");
  EXPECT_EQ(failure(with_model(R"({"id":"a","downloaded":1})")),
            "catalog.json: models[0].downloaded is 1, expected true or false");
  EXPECT_EQ(failure(with_model(R"({"id":"a"},{"id":"a"})")),
            "catalog.json: models[1].id is \"a\", which an earlier model has too");
}

TEST(CatalogTest, a_file_that_leaves_the_folder_is_refused) {
  for (const char* path :
       {"../x", "/etc/passwd", "a/../../b", "a//b", "", ".", "a/", "C:\\\\x", "a\\u0000b", "a\\nb"}) {
    const std::string text =
        with_model(R"({"id":"a","metadata":{"files":[{"path":")" + std::string(path) + R"(","size":1}]}})");
    EXPECT_NE(failure(text).find("expected a path inside the model's folder"), std::string::npos) << path;
  }
  EXPECT_NE(failure(with_model(R"({"id":"a","metadata":{"files":[{"path":"x","size":1,"sha256":"ABC"}]}})"))
                .find("expected a sha256 digest"),
            std::string::npos);
}

TEST(WorkerRecordTest, is_written_and_read_with_unknown_fields) {
  const std::string text =
      R"({"worker_id":"worker-cpu-0","pid":12,"backend":"cpu","gpu":0,"model_id":"m","port":8000,"host":"127.0.0.1","started_at":"t",)"
      R"("version":"0.1.0","pid_start_time":99,"boot_id":"b","nonce":"n","model_path":"p","new":1})";
  EXPECT_EQ(json_line(to_json(parse_worker_record(text, "worker-cpu-0.json"))), text);
  EXPECT_THROW(parse_worker_record(R"({"worker_id":"w","pid":-1})", "w.json"), Error);
  EXPECT_THROW(
      parse_worker_record(R"({"worker_id":"w","pid":1,"backend":"cpu","model_id":"m","port":65536})", "w.json"), Error);
}

}  // namespace
}  // namespace rbee::wire
