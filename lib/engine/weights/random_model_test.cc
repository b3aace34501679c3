#include "engine/weights/random_model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "formats/quantize.h"

namespace rbee::engine {
namespace {

using formats::DType;

/// Names and shapes, as a hollow model has them.
class HollowModel final : public formats::ModelFiles {
 public:
  HollowModel() {
    add("model.embed_tokens.weight", {5000, 256});
    add("model.layers.0.mlp.up_proj.weight", {768, 256});
    add("model.layers.0.mlp.down_proj.weight", {256, 768});
    add("model.layers.0.input_layernorm.weight", {256});
    add("model.layers.0.self_attn.q_proj.bias", {256});
  }
  const formats::ModelConfig& config() const override { return config_; }
  const formats::GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, formats::TensorView, std::less<>>& tensors() const override { return tensors_; }
  const formats::GgufFile* gguf() const override { return nullptr; }
  const std::filesystem::path& folder() const override { return folder_; }
  std::uint64_t weight_bytes() const override { return 0; }
  bool hollow() const override { return true; }

 private:
  void add(const std::string& name, std::vector<std::uint64_t> shape) {
    std::uint64_t values = 1;
    for (const std::uint64_t n : shape) values *= n;
    tensors_[name] = {
        .name = name, .dtype = DType::kBF16, .shape = std::move(shape), .data = nullptr, .bytes = 2 * values};
  }

  formats::ModelConfig config_;
  formats::GenerationConfig generation_;
  std::filesystem::path folder_;
  std::map<std::string, formats::TensorView, std::less<>> tensors_;
};

std::vector<float> values_of(const formats::ModelFiles& model, std::string_view name) {
  const formats::TensorView& tensor = model.tensors().find(name)->second;
  std::uint64_t count = 1;
  for (const std::uint64_t n : tensor.shape) count *= n;
  EXPECT_EQ(tensor.bytes, formats::row_bytes(tensor.dtype, count));
  std::vector<float> values(count);
  formats::dequantize_row(tensor.dtype, tensor.data, values.data(), count);
  return values;
}

double deviation(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * double{value};
  return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(RandomModel, matrices_are_drawn_norms_are_ones_and_biases_zeros) {
  for (const auto& [weights, dtype] : {std::pair<std::optional<DType>, DType>{std::nullopt, DType::kBF16},
                                       {DType::kQ8_0, DType::kQ8_0},
                                       {DType::kQ4_0, DType::kQ4_0},
                                       {DType::kQ4_K, DType::kQ4_K}}) {
    const auto model = draw_weights(std::make_unique<HollowModel>(), weights);
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : model->tensors()) {
      bytes += tensor.bytes;
      EXPECT_EQ(tensor.dtype, tensor.shape.size() == 2 ? dtype : DType::kBF16) << name;
    }
    EXPECT_EQ(model->weight_bytes(), bytes);
    EXPECT_FALSE(model->hollow());
    for (const char* name : {"model.embed_tokens.weight", "model.layers.0.mlp.down_proj.weight"}) {
      EXPECT_NEAR(deviation(values_of(*model, name)), 0.02, 0.002) << name;
    }
    const std::vector<float> table = values_of(*model, "model.embed_tokens.weight");
    EXPECT_FALSE(std::equal(table.begin(), table.begin() + 256, table.begin() + 256)) << "rows repeat";
    for (const float one : values_of(*model, "model.layers.0.input_layernorm.weight")) ASSERT_EQ(one, 1.0F);
    for (const float zero : values_of(*model, "model.layers.0.self_attn.q_proj.bias")) ASSERT_EQ(zero, 0.0F);
  }
}

}  // namespace
}  // namespace rbee::engine
