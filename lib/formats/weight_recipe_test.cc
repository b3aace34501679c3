#include "formats/weight_recipe.h"

#include <map>

#include <gtest/gtest.h>

#include "formats/gguf_header.h"
#include "formats/gguf_part.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

// A model's tensors without bytes: the recipe reads none.
class ShapesOnly final : public ModelFiles {
 public:
  ShapesOnly& add(const std::string& name, std::vector<std::uint64_t> shape, DType dtype = DType::kBF16) {
    TensorView tensor{.name = name, .dtype = dtype, .shape = std::move(shape)};
    tensor.bytes = row_bytes(dtype, tensor.shape.back()) * (tensor.shape.size() > 1 ? tensor.shape[0] : 1);
    bytes_ += tensor.bytes;
    tensors_[name] = std::move(tensor);
    return *this;
  }
  ModelConfig& mutable_config() { return config_; }

  const ModelConfig& config() const override { return config_; }
  const GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, TensorView, std::less<>>& tensors() const override { return tensors_; }
  const GgufFile* gguf() const override { return nullptr; }
  const std::filesystem::path& folder() const override { return folder_; }
  std::uint64_t weight_bytes() const override { return bytes_; }

 private:
  ModelConfig config_;
  GenerationConfig generation_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::filesystem::path folder_;
  std::uint64_t bytes_ = 0;
};

std::map<std::string, DType> types_of(const WeightRecipe& recipe) {
  std::map<std::string, DType> types;
  for (const RecipeTensor& tensor : recipe.tensors) types[tensor.tensor->name] = tensor.type;
  return types;
}

TEST(WeightRecipeTest, matrices_are_quantized_and_vectors_are_not) {
  ShapesOnly files;
  files.add("model.embed_tokens.weight", {1000, 512}).add("lm_head.weight", {1000, 512});
  files.add("model.layers.0.mlp.down_proj.weight", {512, 1024}).add("model.layers.0.input_layernorm.weight", {512});
  files.add("model.layers.0.self_attn.q_proj.bias", {512});
  const WeightRecipe recipe = make_weight_recipe(files, DType::kQ4_K);
  EXPECT_EQ(recipe.tensors.size(), 3U);
  EXPECT_EQ(recipe.bytes_before, 2U * (1000 * 512 * 2 + 512 * 1024));
  EXPECT_EQ(recipe.bytes_after, (1000U * 512 * 2 + 512 * 1024) / 256 * 144);
  EXPECT_EQ(recipe.model_bytes, recipe.bytes_after + 2 * (512 + 512));
  EXPECT_EQ(recipe.text(), "3 matrices to Q4_K");
}

TEST(WeightRecipeTest, rows_that_no_block_fits_get_the_next_type_or_stay) {
  ShapesOnly files;
  files.add("a.weight", {8, 896}).add("b.weight", {8, 4864}).add("c.weight", {8, 100});
  const WeightRecipe recipe = make_weight_recipe(files, DType::kQ4_K);
  EXPECT_EQ(types_of(recipe), (std::map<std::string, DType>{{"a.weight", DType::kQ5_0}, {"b.weight", DType::kQ4_K}}));
  EXPECT_EQ(recipe.text(),
            "1 matrices to Q4_K, 1 to Q5_0 (rows that are no multiple of 256), 1 stay as they are (rows that are no "
            "multiple of 32)");
  EXPECT_EQ(make_weight_recipe(files, DType::kQ8_0).other_type, 0U);
}

TEST(WeightRecipeTest, a_tied_head_is_quantized_once) {
  ShapesOnly files;
  files.add("model.embed_tokens.weight", {1000, 512}).add("lm_head.weight", {1000, 512});
  files.mutable_config().tied_embeddings = true;
  EXPECT_EQ(types_of(make_weight_recipe(files, DType::kQ8_0)),
            (std::map<std::string, DType>{{"model.embed_tokens.weight", DType::kQ8_0}}));
}

TEST(WeightRecipeTest, layers_come_in_the_order_of_their_numbers) {
  ShapesOnly files;
  for (const char* name : {"blk.10.a.weight", "blk.2.b.weight", "blk.2.a.weight", "blk.9.a.weight", "blk.x", "blk.2"}) {
    files.add(name, {4, 32});
  }
  std::vector<std::string> names;
  for (const RecipeTensor& tensor : make_weight_recipe(files, DType::kQ4_0).tensors) {
    names.push_back(tensor.tensor->name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"blk.2", "blk.2.a.weight", "blk.2.b.weight", "blk.9.a.weight",
                                             "blk.10.a.weight", "blk.x"}));
}

TEST(WeightRecipeTest, what_is_quantized_already_stays_and_a_model_of_nothing_else_is_refused) {
  ShapesOnly files;
  files.add("blk.0.ffn_up.weight", {8, 256}, DType::kQ6_K).add("output.weight", {8, 256}, DType::kF16);
  const WeightRecipe recipe = make_weight_recipe(files, DType::kQ4_0);
  EXPECT_EQ(recipe.text(), "1 matrices to Q4_0, 1 are quantized in the file and stay as they are");
  ShapesOnly all;
  all.add("blk.0.ffn_up.weight", {8, 256}, DType::kQ6_K);
  all.mutable_config().name = "bee";
  EXPECT_EQ(error_of([&] { make_weight_recipe(all, DType::kQ8_0); }),
            "unsupported: bee: nothing can be quantized to Q8_0: 1 matrices are quantized in the file already, 0 have "
            "rows that are no multiple of 32; leave --weights out");
}

TEST(WeightRecipeTest, types_are_read_in_any_case) {
  EXPECT_EQ(parse_weight_type("q8_0"), DType::kQ8_0);
  EXPECT_EQ(parse_weight_type("Q4_k"), DType::kQ4_K);
  EXPECT_EQ(parse_weight_type("q4_0"), DType::kQ4_0);
  for (const char* word : {"", "q4", "q4_kk", "q6_k", "f16"}) EXPECT_EQ(parse_weight_type(word), std::nullopt) << word;
}

TEST(GgufHeaderTest, the_reader_reads_what_was_written) {
  GgufHeader header;
  header.add_string("general.type", "bees");
  header.add_uint32("general.alignment", 64);
  header.add_uint64s("sums", {1, ~std::uint64_t{0}});
  header.add_tensor("a.weight", {3, 32}, DType::kQ8_0, 0);
  header.add_tensor("b.weight", {2, 256}, DType::kQ4_K, 128);
  std::string file = header.bytes(64);
  const std::size_t data = file.size();
  EXPECT_EQ(data % 64, 0U);
  file.resize(data + 128 + 288);
  const GgufPart part = parse_gguf_part(as_bytes(file), "x.gguf");
  EXPECT_EQ(std::get<std::string>(part.metadata.at("general.type")), "bees");
  EXPECT_EQ(std::get<std::vector<std::uint64_t>>(part.metadata.at("sums")).back(), ~std::uint64_t{0});
  ASSERT_EQ(part.tensors.size(), 2U);
  EXPECT_EQ(part.tensors[1].dtype, DType::kQ4_K);
  EXPECT_EQ(part.tensors[1].shape, (std::vector<std::uint64_t>{2, 256}));
  EXPECT_EQ(part.tensors[1].data, as_bytes(file).data() + data + 128);
}

}  // namespace
}  // namespace rbee::formats
