#include "engine/models/build_model.h"

#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

using formats::Architecture;

// A model in memory whose tensors are zeros.
class FakeFiles final : public formats::ModelFiles {
 public:
  explicit FakeFiles(Architecture architecture) {
    config_ = {.architecture = architecture,
               .vocab_size = 12,
               .hidden_size = 8,
               .intermediate_size = 16,
               .layers = 2,
               .heads = 4,
               .kv_heads = 2,
               .head_dim = 2,
               .context_length = 64,
               .rope = {.rotary_dim = 2},
               .attention_scale = 0.5,
               .sliding_windows = {0, 0}};
    add("model.embed_tokens.weight", {12, 8});
    add("model.norm.weight", {8});
    add("lm_head.weight", {12, 8});
    for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
      add(layer + "input_layernorm.weight", {8});
      add(layer + "post_attention_layernorm.weight", {8});
      add(layer + "self_attn.q_proj.weight", {8, 8});
      add(layer + "self_attn.k_proj.weight", {4, 8});
      add(layer + "self_attn.v_proj.weight", {4, 8});
      add(layer + "self_attn.o_proj.weight", {8, 8});
      add(layer + "mlp.gate_proj.weight", {16, 8});
      add(layer + "mlp.up_proj.weight", {16, 8});
      add(layer + "mlp.down_proj.weight", {8, 16});
    }
  }
  void add(const std::string& name, std::vector<std::uint64_t> shape) {
    tensors_[name] = {
        .name = name, .shape = std::move(shape), .data = reinterpret_cast<const std::byte*>(zeros_.data())};
  }
  void remove(const std::string& name) { tensors_.erase(name); }
  formats::ModelConfig& mutable_config() { return config_; }

  const formats::ModelConfig& config() const override { return config_; }
  const formats::GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, formats::TensorView, std::less<>>& tensors() const override { return tensors_; }
  const formats::GgufFile* gguf() const override { return nullptr; }
  const std::filesystem::path& folder() const override { return folder_; }
  std::uint64_t weight_bytes() const override { return 0; }

 private:
  formats::ModelConfig config_;
  formats::GenerationConfig generation_;
  std::map<std::string, formats::TensorView, std::less<>> tensors_;
  std::filesystem::path folder_;
  std::vector<float> zeros_ = std::vector<float>(1024);
};

std::size_t count_ops(const Graph& graph, OpKind kind) {
  return static_cast<std::size_t>(
      std::count_if(graph.ops.begin(), graph.ops.end(), [kind](const Op& op) { return op.kind == kind; }));
}

std::string error_of(const FakeFiles& files, ErrorKind kind) {
  try {
    build_model(files);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(BuildModelTest, a_llama_has_seven_matmuls_a_layer_and_one_output) {
  const FakeFiles files(Architecture::kLlama);
  const BuiltModel model = build_model(files);
  EXPECT_EQ(count_ops(model.graph, OpKind::kMatmul), 15u);
  EXPECT_EQ(count_ops(model.graph, OpKind::kAddBias), 0u);
  EXPECT_EQ(model.graph.values[model.graph.output.value()].columns, 12u);
  EXPECT_EQ(model.graph.values[model.graph.output.value()].rows, RowKind::kOutputs);
  EXPECT_EQ(model.kv.layers, 2u);
}

TEST(BuildModelTest, biases_are_added_where_the_file_has_them) {
  FakeFiles files(Architecture::kQwen2);
  files.add("model.layers.1.self_attn.q_proj.bias", {8});
  files.add("model.layers.1.self_attn.k_proj.bias", {4});
  EXPECT_EQ(count_ops(build_model(files).graph, OpKind::kAddBias), 2u);
}

TEST(BuildModelTest, fused_projections_are_split_by_rows) {
  FakeFiles files(Architecture::kPhi3);
  for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
    for (const char* part : {"self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight",
                             "mlp.gate_proj.weight", "mlp.up_proj.weight"}) {
      files.remove(layer + part);
    }
    files.add(layer + "self_attn.qkv_proj.weight", {16, 8});
    files.add(layer + "mlp.gate_up_proj.weight", {32, 8});
  }
  EXPECT_EQ(count_ops(build_model(files).graph, OpKind::kMatmul), 15u);
}

TEST(BuildModelTest, a_tied_model_multiplies_by_its_embedding) {
  FakeFiles files(Architecture::kLlama);
  files.mutable_config().tied_embeddings = true;
  const BuiltModel model = build_model(files);
  EXPECT_EQ(model.graph.ops.back().weight, model.graph.ops.front().weight);
}

TEST(BuildModelTest, what_is_missing_or_unknown_or_of_another_shape_is_named) {
  FakeFiles missing(Architecture::kLlama);
  missing.remove("model.layers.1.mlp.up_proj.weight");
  EXPECT_NE(error_of(missing, ErrorKind::kBadFile).find("'model.layers.1.mlp.up_proj.weight' is missing"),
            std::string::npos);

  FakeFiles unknown(Architecture::kLlama);
  unknown.add("model.layers.0.self_attn.sinks", {4});
  EXPECT_NE(error_of(unknown, ErrorKind::kUnsupported).find("'model.layers.0.self_attn.sinks'"), std::string::npos);

  FakeFiles shape(Architecture::kLlama);
  shape.add("model.layers.0.mlp.down_proj.weight", {16, 8});
  EXPECT_EQ(error_of(shape, ErrorKind::kBadFile),
            "tensor 'model.layers.0.mlp.down_proj.weight' is [16, 8], the model's configuration needs [8, 16]");

  FakeFiles untied(Architecture::kLlama);
  untied.remove("lm_head.weight");
  EXPECT_NE(error_of(untied, ErrorKind::kBadFile).find("'lm_head.weight' is missing"), std::string::npos);
}

TEST(BuildModelTest, rotation_tables_in_old_checkpoints_are_ignored) {
  FakeFiles files(Architecture::kLlama);
  files.add("model.layers.0.self_attn.rotary_emb.inv_freq", {1});
  EXPECT_NO_THROW(build_model(files));
}

}  // namespace
}  // namespace rbee::engine
