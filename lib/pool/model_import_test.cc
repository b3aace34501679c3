#include "pool/model_import.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "pool/digest.h"
#include "pool/model_removal.h"
#include "pool/model_verify.h"
#include "pool/pool_config.h"
#include "pool/pool_paths.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

const fs::path kTinyQwen = fs::path(RBEE_TEST_DATA) / "models" / "tiny-qwen2";
const fs::path kTinyGguf = fs::path(RBEE_TEST_DATA) / "gguf" / "tiny-llama-Q8_0.gguf";

class ModelImportTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(models_); }
  void TearDown() override { fs::remove_all(models_); }
  wire::CatalogModel import(const ImportRequest& request) { return import_model(request, store_, models_, {}); }
  ErrorKind failure(const ImportRequest& request) {
    try {
      import(request);
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kCancelled;
  }
  fs::path models_ = fs::temp_directory_path() / ("rbee_models_" + random_hex(6));
  SystemClock clock_;
  CatalogStore store_{models_ / "catalog.json", "pool", clock_};
};

TEST_F(ModelImportTest, a_folder_is_registered_where_it_lies) {
  const wire::CatalogModel model = import({kTinyQwen});
  EXPECT_EQ(model.id, "tiny-qwen2");
  EXPECT_TRUE(model.downloaded);
  EXPECT_EQ(model.architecture, "qwen2");
  EXPECT_EQ(model.format, "safetensors");
  EXPECT_EQ(model.metadata.quantization, "F32");
  EXPECT_EQ(store_.model_path(model), kTinyQwen);
  for (const FileVerdict& verdict : verify_model_files(model, kTinyQwen, {}))
    EXPECT_TRUE(verdict.good()) << verdict.text();
  import({kTinyQwen});                                               // the same again is fine
  EXPECT_THROW(delete_model(store_, "tiny-qwen2", models_), Error);  // not the pool's to delete
  EXPECT_TRUE(fs::exists(kTinyQwen / "config.json"));
  unregister_model(store_, "tiny-qwen2");
  EXPECT_EQ(store_.load().find("tiny-qwen2"), nullptr);
}

TEST_F(ModelImportTest, a_copied_file_is_verified_and_deleted) {
  const wire::CatalogModel model = import({kTinyGguf, "tinyllama", "", ImportRequest::Placement::kCopy});
  EXPECT_EQ(model.format, "gguf");
  EXPECT_EQ(model.name, "TinyLlama 1.1B Chat");  // the known model's
  const fs::path copy = models_ / "tinyllama" / kTinyGguf.filename();
  EXPECT_EQ(store_.model_path(model), copy);
  ASSERT_EQ(model.metadata.files.size(), 1u);
  EXPECT_EQ(model.metadata.files[0].sha256, sha256_of_file(kTinyGguf));

  std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100'000);
  file.put('\x55');
  file.put('\xAA');
  file.close();
  const std::vector<FileVerdict> verdicts = verify_model_files(model, copy.parent_path(), {});
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].state, FileVerdict::State::kWrongHash);
  EXPECT_NE(verdicts[0].text().find(model.metadata.files[0].sha256), std::string::npos);
  EXPECT_NE(verdicts[0].text().find(sha256_of_file(copy)), std::string::npos);

  EXPECT_GT(delete_model(store_, "tinyllama", models_), 1'000'000u);
  EXPECT_FALSE(fs::exists(models_ / "tinyllama"));
  EXPECT_FALSE(store_.load().find("tinyllama")->downloaded);
}

TEST_F(ModelImportTest, what_is_no_model_is_refused_and_leaves_nothing) {
  fs::create_directories(models_ / "empty");
  EXPECT_EQ(failure({models_ / "nothing"}), ErrorKind::kNotFound);
  EXPECT_EQ(failure({models_ / "empty"}), ErrorKind::kNotFound);
  EXPECT_EQ(failure({kTinyQwen, "../x"}), ErrorKind::kBadRequest);
  EXPECT_EQ(failure({"/dev/zero"}), ErrorKind::kBadFile);
  ASSERT_EQ(::mkfifo((models_ / "fifo.gguf").c_str(), 0600), 0);
  EXPECT_EQ(failure({models_ / "fifo.gguf"}), ErrorKind::kBadFile);
  EXPECT_FALSE(fs::exists(models_ / "catalog.json"));
}

TEST_F(ModelImportTest, another_model_is_not_replaced_unasked) {
  import({kTinyQwen, "m"});
  EXPECT_EQ(failure({kTinyGguf, "m"}), ErrorKind::kBadRequest);
  ImportRequest replacing{kTinyGguf, "m"};
  replacing.existing = ImportRequest::Existing::kReplace;
  EXPECT_EQ(import(replacing).format, "gguf");
}

TEST_F(ModelImportTest, missing_and_short_files_are_named) {
  const wire::CatalogModel model = import({kTinyGguf, "m", "", ImportRequest::Placement::kCopy});
  const fs::path folder = models_ / "m";
  fs::resize_file(folder / kTinyGguf.filename(), 1000);
  EXPECT_EQ(verify_model_files(model, folder, {})[0].state, FileVerdict::State::kWrongSize);
  fs::remove(folder / kTinyGguf.filename());
  EXPECT_EQ(verify_model_files(model, folder, {})[0].state, FileVerdict::State::kMissing);
}

TEST(DigestTest, equals_the_published_test_vectors) {
  Digest sha256(Digest::Algorithm::kSha256), sha1(Digest::Algorithm::kSha1);
  sha256.update("a");
  sha256.hex();  // a look in between changes nothing
  sha256.update("bc");
  sha1.update("abc");
  // FIPS 180-4 examples for "abc".
  EXPECT_EQ(sha256.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha1.hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

class PoolConfigTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove(file_); }
  PoolConfig load(const std::string& text) {
    write_file_atomically(file_, text);
    return load_pool_config(file_, "/users/me");
  }
  fs::path file_ = fs::temp_directory_path() / ("rbee_config_" + random_hex(6));
};

TEST_F(PoolConfigTest, reads_its_table_and_leaves_others_alone) {
  const PoolConfig config =
      load("[pools]\nx = 1\n[hive]\npool_id = \"p\"\nmodels_dir = \"~/m\"\nworker_insecure_no_auth = true\n");
  EXPECT_EQ(config.pool_id, "p");
  EXPECT_EQ(config.models_dir, "/users/me/m");
  EXPECT_TRUE(config.worker_insecure_no_auth);
  EXPECT_FALSE(load_pool_config("/nowhere/config.toml", "/").pool_id.has_value());
}

TEST_F(PoolConfigTest, errors_name_the_place) {
  EXPECT_THROW(load("[hive]\nmodel_dir = \"x\"\n"), Error);
  EXPECT_THROW(load("[hive]\npool_id = 3\n"), Error);
  try {
    load("[hive\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("line 1"), std::string::npos) << error.what();
  }
}

TEST(PoolPathsTest, parts_lie_under_the_home_unless_given) {
  Environment environment;
  environment.set("HOME", "/users/me");
  EXPECT_EQ(pool_home(environment), "/users/me/.rbee");
  environment.set("RBEE_HOME", "/pool/");
  EXPECT_EQ(pool_home(environment), "/pool");
  EXPECT_THROW(pool_home(Environment()), Error);
  const PoolPaths paths = make_pool_paths("/pool", "/data/models", std::nullopt);
  EXPECT_EQ(paths.catalog(), "/data/models/catalog.json");
  EXPECT_EQ(paths.worker_log("w"), "/pool/runtime/workers/w.log");
}

}  // namespace
}  // namespace rbee::pool
