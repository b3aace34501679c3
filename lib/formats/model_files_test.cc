#include "formats/model_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "formats/gguf.h"
#include "formats/safetensors_index.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kData = RBEE_TEST_DATA;

constexpr const char* kConfig =
    R"({"architectures":["LlamaForCausalLM"],"vocab_size":8,"hidden_size":4,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":1})";
constexpr const char* kShard1 = "model-00001-of-00002.safetensors";
constexpr const char* kShard2 = "model-00002-of-00002.safetensors";

std::string one_tensor(const std::string& name) {
  return safetensors_file("{\"" + name + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "1234");
}
std::string index_of(const std::string& shard_of_b) {
  return R"({"metadata":{"total_size":8},"weight_map":{"a":"model-00001-of-00002.safetensors","b":")" + shard_of_b +
         "\"}}";
}
std::string refusal(const fs::path& path) {
  return error_of([&path] { open_model(path); });
}

class ShardedTest : public testing::Test {
 protected:
  ShardedTest() {
    folder_.write("config.json", kConfig);
    folder_.write("model.safetensors.index.json", index_of(kShard2));
    folder_.write(kShard1, one_tensor("a"));
    folder_.write(kShard2, one_tensor("b"));
  }
  TestFolder folder_;
};

TEST(ModelFilesTest, the_reference_folders_open) {
  struct Row {
    const char* name;
    Architecture architecture;
    std::uint32_t kv_heads, head_dim, window;
    double theta;
    std::size_t tensors;
    std::int32_t eos;
  };
  for (const Row& row : {Row{"tiny-llama", Architecture::kLlama, 2, 16, 0, 1e4, 30, 2},
                         Row{"tiny-llama-bf16", Architecture::kLlama, 2, 16, 0, 1e4, 30, 2},
                         Row{"tiny-qwen2", Architecture::kQwen2, 2, 16, 0, 1e6, 38, 1023},
                         Row{"tiny-phi3", Architecture::kPhi3, 4, 16, 64, 1e4, 21, 1022},
                         Row{"tiny-mistral", Architecture::kMistral, 2, 16, 48, 1e6, 30, 2},
                         Row{"tiny-gemma", Architecture::kGemma, 1, 32, 0, 1e4, 29, 1023}}) {
    const auto model = open_model(kData / "models" / row.name);
    const ModelConfig& config = model->config();
    EXPECT_EQ(config.architecture, row.architecture) << row.name;
    EXPECT_EQ(config.name, row.name);
    EXPECT_EQ(config.vocab_size, 1024u);
    EXPECT_EQ(config.hidden_size, 64u);
    EXPECT_EQ(config.kv_heads, row.kv_heads);
    EXPECT_EQ(config.head_dim, row.head_dim);
    EXPECT_EQ(config.rope.theta, row.theta);
    EXPECT_THAT(config.sliding_windows, ElementsAre(row.window, row.window, row.window));
    EXPECT_EQ(model->tensors().size(), row.tensors);
    EXPECT_EQ(model->tensors().at("model.embed_tokens.weight").shape, (std::vector<std::uint64_t>{1024, 64}));
    EXPECT_THAT(model->generation().eos_ids, ElementsAre(row.eos));
    EXPECT_EQ(model->gguf(), nullptr);
    EXPECT_EQ(model->folder(), kData / "models" / row.name);
  }
  EXPECT_EQ(open_model(kData / "models/tiny-llama-bf16")->weight_bytes() * 2,
            open_model(kData / "models/tiny-llama")->weight_bytes());
}

TEST(ModelFilesTest, the_reference_ggufs_open) {
  std::size_t opened = 0;
  for (const auto& entry : fs::directory_iterator(kData / "gguf")) {
    if (entry.path().extension() != ".gguf") continue;
    const auto model = open_model(entry.path());
    const ModelConfig& config = model->config();
    const bool llama = entry.path().filename().string().find("llama") != std::string::npos;
    EXPECT_EQ(config.architecture, llama ? Architecture::kLlama : Architecture::kQwen2);
    EXPECT_EQ(config.rope.layout, llama ? RopeLayout::kInterleaved : RopeLayout::kHalves);
    EXPECT_EQ(config.tied_embeddings, !llama);
    EXPECT_EQ(config.head_dim, 64u);
    EXPECT_EQ(config.vocab_size, 1024u);
    EXPECT_EQ(config.name, llama ? "Gg Llama" : "Gg Qwen2");
    EXPECT_EQ(model->tensors().at("blk.0.attn_k.weight").shape, (std::vector<std::uint64_t>{128, 256}));
    EXPECT_EQ(model->generation().eos_ids.front(), llama ? 2 : 1023);
    ASSERT_NE(model->gguf(), nullptr);
    EXPECT_EQ(model->gguf()->find_strings("tokenizer.ggml.tokens")->size(), 1024u);
    EXPECT_EQ(model->folder(), kData / "gguf");
    ++opened;
  }
  EXPECT_GE(opened, 10u);
}

TEST(ModelFilesTest, a_folder_is_judged_by_what_it_holds) {
  const TestFolder folder;
  EXPECT_THAT(refusal(folder.path() / "none"),
              HasSubstr("not_found: " + (folder.path() / "none").string() + ": no such file or folder"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("not_found: " + folder.path().string() +
                                                ": the folder has neither config.json nor a .gguf file"));
  folder.write("pytorch_model.bin", "x");
  EXPECT_THAT(refusal(folder.path()),
              HasSubstr("pytorch_model.bin: unsupported: pickle formats execute code; use safetensors or GGUF"));
  folder.write("config.json", kConfig);
  EXPECT_THAT(refusal(folder.path()), HasSubstr("unsupported: pickle formats execute code"));
  fs::remove(folder.path() / "pytorch_model.bin");
  folder.write("adapter.safetensors", "x");
  EXPECT_THAT(
      refusal(folder.path()),
      HasSubstr(
          "not_found: " + folder.path().string() +
          ": the folder has neither model.safetensors nor model.safetensors.index.json (it has adapter.safetensors)"));
  folder.write("model.safetensors", one_tensor("a"));
  folder.write("pytorch_model.bin", "x");  // beside safetensors it does no harm: it is not read
  EXPECT_EQ(refusal(folder.path()), "");
}

TEST(ModelFilesTest, a_folder_with_one_gguf_opens_it_and_with_several_lists_them) {
  const TestFolder folder;
  fs::copy(kData / "gguf/tiny-llama-Q4_0.gguf", folder.path() / "a.gguf");
  EXPECT_NE(open_model(folder.path())->gguf(), nullptr);
  fs::copy(kData / "gguf/tiny-llama-Q8_0.gguf", folder.path() / "b.gguf");
  EXPECT_THAT(refusal(folder.path()), HasSubstr("the folder holds 2 GGUF models; name one of them: a.gguf, b.gguf"));
}

TEST(ModelFilesTest, pickle_files_are_refused_unread) {
  const TestFolder folder;
  for (const char* name : {"pytorch_model.bin", "a.pt", "a.pth", "a.ckpt", "a.pkl", "a.pickle"}) {
    const fs::path path = folder.write(name, "GGUF");
    fs::permissions(path, fs::perms::none);
    EXPECT_THAT(refusal(path), HasSubstr("unsupported: " + path.string() +
                                         ": unsupported: pickle formats execute code; use safetensors or GGUF"));
  }
  EXPECT_THAT(refusal(folder.write("model.safetensors", "")),
              HasSubstr("give the model's folder, not one of its files"));
  EXPECT_THAT(refusal(folder.write("x", "hello")), HasSubstr("bad_file: x: not a GGUF file"));
}

TEST(ModelFilesTest, devices_and_pipes_are_refused_at_once) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() / "fifo.gguf").c_str(), 0600), 0);
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("bad_file: /dev/zero: not a regular file"));
  EXPECT_THAT(refusal("/dev/random"), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(folder.path() / "fifo.gguf"), HasSubstr("not a regular file"));
  folder.write("config.json", kConfig);
  ASSERT_EQ(::mkfifo((folder.path() / "model.safetensors").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder.path()), HasSubstr("model.safetensors: not a regular file"));
}

TEST(ModelFilesTest, end_ids_of_both_files_are_joined) {
  const TestFolder folder;
  std::string config = kConfig;
  config.replace(config.size() - 1, 1, R"(,"eos_token_id":7})");
  folder.write("model.safetensors", one_tensor("a"));
  folder.write("config.json", config);
  EXPECT_THAT(open_model(folder.path())->generation().eos_ids, ElementsAre(7));
  folder.write("generation_config.json", R"({"eos_token_id":[5,6]})");
  EXPECT_THAT(open_model(folder.path())->generation().eos_ids, ElementsAre(5, 6, 7));
  folder.write("config.json", kConfig);
  EXPECT_THAT(open_model(folder.path())->generation().eos_ids, ElementsAre(5, 6));
  fs::remove(folder.path() / "generation_config.json");
  EXPECT_THAT(open_model(folder.path())->generation().eos_ids, ElementsAre(2));
}

TEST_F(ShardedTest, shards_open_as_one_model) {
  const auto model = open_model(folder_.path());
  EXPECT_EQ(model->tensors().size(), 2u);
  EXPECT_EQ(model->weight_bytes(), 8u);
}

TEST_F(ShardedTest, index_and_shards_must_agree) {
  folder_.write(kShard2, one_tensor("c"));
  EXPECT_THAT(refusal(folder_.path()),
              HasSubstr("model.safetensors.index.json: tensor 'b' is not in its shard " + std::string(kShard2)));
  fs::remove(folder_.path() / kShard2);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("not_found: "));
  EXPECT_THAT(refusal(folder_.path()), HasSubstr(kShard2));
  folder_.write("model.safetensors.index.json", index_of(kShard1));
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("tensor 'b' is not in its shard " + std::string(kShard1)));
}

TEST_F(ShardedTest, tensors_that_the_index_does_not_list_are_kept_unless_two_shards_have_them) {
  const std::string two =
      R"({"%":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"x":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}})";
  std::string first = two, second = two;
  first.replace(first.find('%'), 1, "a");
  second.replace(second.find('%'), 1, "b");
  folder_.write(kShard1, safetensors_file(first, "1234"));
  EXPECT_EQ(open_model(folder_.path())->tensors().size(), 3u);
  folder_.write(kShard2, safetensors_file(second, "1234"));
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("tensor 'x' is in another shard, too"));
}

TEST_F(ShardedTest, shard_names_are_plain_file_names) {
  for (const std::string bad : {"../../etc/passwd", "/etc/passwd", "a/../../b.safetensors", "C:\\\\x.safetensors", "..",
                                ".", "", "sub/x.safetensors", "a\\u0000b.safetensors", "a\\nb.safetensors"}) {
    folder_.write("model.safetensors.index.json", index_of(bad));
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("a shard name must be a plain file name")) << bad;
  }
  folder_.write("model.safetensors.index.json", index_of("pytorch_model.bin"));
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("expected a name that ends with .safetensors"));
}

TEST_F(ShardedTest, shards_that_are_no_files_or_leave_the_folder_are_refused) {
  const fs::path shard = folder_.path() / kShard2;
  const TestFolder elsewhere;
  fs::remove(shard);
  fs::create_symlink("/dev/zero", shard);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("the symbolic link leaves the model's folder"));
  fs::remove(shard);
  fs::create_symlink(elsewhere.write("b", one_tensor("b")), shard);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("the symbolic link leaves the model's folder"));
  fs::remove(shard);
  fs::create_symlink("nowhere", shard);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("not_found: " + shard.string() + ": the symbolic link leads nowhere"));
  fs::remove(shard);
  fs::create_symlink(folder_.write("b.blob", one_tensor("b")).filename(), shard);
  EXPECT_EQ(refusal(folder_.path()), "");
  fs::remove(shard);
  fs::create_directory(shard);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("not a regular file"));
  fs::remove(shard);
  ASSERT_EQ(::mkfifo(shard.c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("not a regular file"));
}

TEST(ModelFilesTest, a_hub_caches_snapshot_opens_through_its_links) {
  const TestFolder cache;
  const fs::path repository = cache.path() / "models--org--tiny", snapshot = repository / "snapshots/abc";
  fs::create_directories(repository / "blobs");
  fs::create_directories(snapshot);
  const auto add = [&](const std::string& name, const std::string& content) {
    std::ofstream(repository / "blobs" / ("sha-" + name)) << content;
    fs::create_symlink("../../blobs/sha-" + name, snapshot / name);
  };
  add("config.json", kConfig);
  add("model.safetensors.index.json", index_of(kShard2));
  add(kShard1, one_tensor("a"));
  add(kShard2, one_tensor("b"));
  const auto model = open_model(snapshot);
  EXPECT_EQ(model->tensors().size(), 2u);
  EXPECT_EQ(model->config().name, "org/tiny");
}

TEST(SafetensorsIndexTest, malformed_indexes_are_refused) {
  const auto refusal_of = [](const std::string& text) {
    return error_of([&] { parse_safetensors_index(text, "i.json"); });
  };
  EXPECT_THAT(refusal_of("[]"), HasSubstr("i.json: the document is not an object"));
  EXPECT_THAT(refusal_of("{}"), HasSubstr("i.json: weight_map is missing, expected an object"));
  EXPECT_THAT(refusal_of(R"({"weight_map":[]})"), HasSubstr("weight_map is an array"));
  EXPECT_THAT(refusal_of(R"({"weight_map":{}})"), HasSubstr("weight_map is empty"));
  EXPECT_THAT(refusal_of(R"({"weight_map":{"a":1}})"), HasSubstr("weight_map.a is 1, expected a file name"));
  EXPECT_THAT(refusal_of(R"({"weight_map":{"a":"x.safetensors","a":"y.safetensors"}})"),
              HasSubstr("duplicate key 'a'"));
  for (const std::size_t depth : {33u, 10'000u, 30'000'000u}) {
    EXPECT_THAT(refusal_of(std::string(depth, '[')), HasSubstr("JSON nested deeper than 32 at byte 33"));
  }
}

}  // namespace
}  // namespace rbee::formats
