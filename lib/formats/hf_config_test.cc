#include "formats/hf_config.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/hf_generation.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A small model of the class, with `more` fields added: R"("head_dim": 8)".
std::string config_text(const std::string& class_name, const std::string& more = "") {
  return R"({"architectures":[")" + class_name +
         R"("],"vocab_size":100,"hidden_size":64,"intermediate_size":128,"num_hidden_layers":4,"num_attention_heads":8)" +
         (more.empty() ? "" : "," + more) + "}";
}
HfConfig parse(const std::string& text) {
  return parse_hf_config(text, "config.json", "folder");
}
ModelConfig model(const std::string& class_name, const std::string& more = "") {
  return parse(config_text(class_name, more)).model;
}
std::string refusal(const std::string& text) {
  return error_of([&text] { parse(text); });
}
std::string refusal(const std::string& class_name, const std::string& more) {
  return refusal(config_text(class_name, more));
}

TEST(HfConfigTest, a_llama_2_config_of_the_old_style_is_read) {
  const HfConfig config = parse(R"({"_name_or_path":"meta/llama","architectures":["LlamaForCausalLM"],"bos_token_id":1,
    "eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"intermediate_size":11008,"max_position_embeddings":4096,
    "model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,"pretraining_tp":1,
    "rms_norm_eps":1e-05,"rope_scaling":null,"rope_theta":1000000,"tie_word_embeddings":false,"torch_dtype":"float16","vocab_size":32000})");
  EXPECT_EQ(config.model.architecture, Architecture::kLlama);
  EXPECT_EQ(config.model.name, "meta/llama");
  EXPECT_EQ(config.model.head_dim, 128u);
  EXPECT_EQ(config.model.context_length, 4096u);
  EXPECT_EQ(config.model.rms_norm_eps, 1e-5);
  EXPECT_EQ(config.model.rope.theta, 1e6);
  EXPECT_EQ(config.model.rope.rotary_dim, 128u);
  EXPECT_EQ(config.model.rope.layout, RopeLayout::kHalves);
  EXPECT_EQ(config.model.attention_scale, 1 / std::sqrt(128.0));
  EXPECT_THAT(config.generation.eos_ids, ElementsAre(2));
  EXPECT_EQ(config.generation.bos_id, 1);
}

TEST(HfConfigTest, absent_fields_take_the_architectures_defaults) {
  EXPECT_EQ(model("LlamaForCausalLM").name, "folder");
  EXPECT_EQ(model("LlamaForCausalLM").kv_heads, 8u);
  EXPECT_EQ(model("LlamaForCausalLM").context_length, 2048u);
  EXPECT_EQ(model("LlamaForCausalLM").rms_norm_eps, 1e-6);
  EXPECT_EQ(model("LlamaForCausalLM").rope.theta, 1e4);
  EXPECT_FALSE(model("LlamaForCausalLM").tied_embeddings);
  EXPECT_EQ(model("Phi3ForCausalLM").rms_norm_eps, 1e-5);
  EXPECT_THAT(model("MistralForCausalLM").sliding_windows, ElementsAre(4096, 4096, 4096, 4096));
  EXPECT_EQ(model("MistralForCausalLM", R"("num_key_value_heads":null)").kv_heads, 8u);
  EXPECT_EQ(model("Qwen3ForCausalLM", R"("num_key_value_heads":2)").head_dim, 128u);
  EXPECT_EQ(model("GemmaForCausalLM", R"("num_key_value_heads":1)").head_dim, 256u);
  EXPECT_TRUE(model("GemmaForCausalLM", R"("num_key_value_heads":1)").tied_embeddings);
  const HfConfig llama = parse(config_text("LlamaForCausalLM"));
  EXPECT_THAT(llama.generation.eos_ids, ElementsAre());
  EXPECT_THAT(llama.fallback.eos_ids, ElementsAre(2));
  EXPECT_THAT(parse(config_text("LlamaForCausalLM", R"("eos_token_id":null)")).fallback.eos_ids, ElementsAre());
}

TEST(HfConfigTest, the_architecture_is_that_of_architectures_or_else_of_model_type) {
  EXPECT_EQ(model("Qwen2ForCausalLM", R"("num_key_value_heads":2,"model_type":"llama")").architecture,
            Architecture::kQwen2);
  std::string text = config_text("x");
  text.replace(text.find(R"("architectures":["x"])"), 21, R"("model_type":"phi3")");
  EXPECT_EQ(parse(text).model.architecture, Architecture::kPhi3);
  const std::string unknown = refusal("BloomForCausalLM", R"("model_type":"llama")");
  EXPECT_THAT(
      unknown,
      HasSubstr("unsupported: config.json: architecture 'BloomForCausalLM' is not supported; known architectures: "
                "llama, mistral, qwen2, qwen3, phi3, gemma, gemma2"));
  EXPECT_THAT(refusal("{}"), HasSubstr("config.json: architectures is missing"));
  EXPECT_THAT(refusal(R"({"architectures":[3]})"), HasSubstr("expected an array of strings"));
  EXPECT_THAT(refusal(R"({"architectures":"LlamaForCausalLM"})"),
              HasSubstr("config.json: architectures is the string"));
  EXPECT_THAT(refusal(R"({"model_type":"mamba"})"), HasSubstr("architecture 'mamba' is not supported"));
}

TEST(HfConfigTest, malformed_documents_are_refused) {
  EXPECT_THAT(refusal("[]"), HasSubstr("bad_file: config.json: the document is not an object"));
  EXPECT_THAT(refusal("{"), HasSubstr("ends too early"));
  for (const std::size_t depth : {33u, 10'000u, 4'000'000u}) {
    EXPECT_THAT(refusal(std::string(depth, '[')), HasSubstr("config.json: JSON nested deeper than 32 at byte 33"));
  }
  EXPECT_THAT(refusal(R"({"vocab_size":1,"vocab_size":2})"), HasSubstr("duplicate key 'vocab_size'"));
}

TEST(HfConfigTest, counts_are_integers_within_limits) {
  for (const std::string field :
       {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"}) {
    for (const std::string bad :
         {"0", "-1", "1.0", "\"8\"", "4294967296", "18446744073709551615", "1e308", "true", "[1]", "{}"}) {
      std::string text = config_text("LlamaForCausalLM");
      const std::size_t at = text.find("\"" + field + "\":") + field.size() + 3;
      text.replace(at, text.find_first_of(",}", at) - at, bad);
      EXPECT_THAT(refusal(text), HasSubstr("bad_file: config.json: " + field + " is ")) << bad;
      EXPECT_THAT(refusal(text), HasSubstr("expected an integer from 1 to ")) << bad;
    }
    std::string text = config_text("LlamaForCausalLM");
    text.replace(text.find(field), 3, "no_");
    EXPECT_THAT(refusal(text), HasSubstr(field + " is missing, expected an integer from 1"));
  }
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("max_position_embeddings":16777217)"), HasSubstr("from 1 to 16777216"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("head_dim":1025)"),
              HasSubstr("head_dim is 1025, expected an integer from 1 to 1024"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rms_norm_eps":-1)"),
              HasSubstr("rms_norm_eps is -1, expected a number above 0"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rms_norm_eps":"1e-5")"), HasSubstr("rms_norm_eps is the string"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rms_norm_eps":1e999)"), HasSubstr("config.json"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("tie_word_embeddings":1)"),
              HasSubstr("tie_word_embeddings is 1, expected true or false"));
}

TEST(HfConfigTest, heads_must_divide) {
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("num_key_value_heads":3)"),
              HasSubstr("8 attention heads are no multiple of 3 key-value heads"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("num_key_value_heads":16)"),
              HasSubstr("8 attention heads are no multiple of 16"));
  std::string text = config_text("LlamaForCausalLM");
  text.replace(text.find(":64"), 3, ":65");
  EXPECT_THAT(refusal(text),
              HasSubstr("hidden_size 65 is no multiple of num_attention_heads 8, and head_dim is not given"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("head_dim":7)"),
              HasSubstr("7 channels per head rotate, expected an even number"));
  EXPECT_EQ(model("MistralForCausalLM", R"("head_dim":32)").head_dim, 32u);
}

TEST(HfConfigTest, sliding_windows_follow_each_architectures_rules) {
  const auto windows = [](const std::string& name, const std::string& more) {
    return model(name, more).sliding_windows;
  };
  const std::string qwen = R"("num_key_value_heads":2,"sliding_window":16,)";
  EXPECT_THAT(windows("LlamaForCausalLM", R"("sliding_window":16)"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows("MistralForCausalLM", R"("sliding_window":16)"), ElementsAre(16, 16, 16, 16));
  EXPECT_THAT(windows("MistralForCausalLM", R"("sliding_window":null)"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows("Phi3ForCausalLM", R"("sliding_window":2047)"), ElementsAre(2047, 2047, 2047, 2047));
  EXPECT_THAT(windows("Phi3ForCausalLM", ""), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows("Qwen2ForCausalLM", qwen + R"("use_sliding_window":false,"max_window_layers":0)"),
              ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows("Qwen2ForCausalLM", qwen + R"("use_sliding_window":true,"max_window_layers":3)"),
              ElementsAre(0, 0, 0, 16));
  EXPECT_THAT(windows("Qwen3ForCausalLM", qwen + R"("use_sliding_window":true)"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(
      windows(
          "Qwen2ForCausalLM",
          qwen +
              R"("use_sliding_window":true,"max_window_layers":4,"layer_types":["sliding_attention","full_attention","sliding_attention","full_attention"])"),
      ElementsAre(16, 0, 16, 0));
  EXPECT_THAT(windows("Gemma2ForCausalLM", R"("sliding_window":16)"), ElementsAre(16, 0, 16, 0));
  EXPECT_THAT(windows("Gemma2ForCausalLM", ""), ElementsAre(4096, 0, 4096, 0));
  EXPECT_THAT(windows("Gemma2ForCausalLM", R"("sliding_window":null)"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(
      windows(
          "Gemma2ForCausalLM",
          R"("sliding_window":16,"layer_types":["full_attention","full_attention","full_attention","sliding_attention"])"),
      ElementsAre(0, 0, 0, 16));
  EXPECT_THAT(refusal("Gemma2ForCausalLM", R"("layer_types":["full_attention"])"),
              HasSubstr("layer_types has 1 entries, num_hidden_layers is 4"));
  EXPECT_THAT(refusal("Gemma2ForCausalLM", R"("layer_types":["a","a","a","a"])"),
              HasSubstr("unsupported: config.json: layer_types holds 'a'"));
  EXPECT_THAT(refusal("MistralForCausalLM", R"("sliding_window":0)"), HasSubstr("sliding_window is 0"));
  EXPECT_THAT(refusal("MistralForCausalLM", R"("sliding_window":-5)"), HasSubstr("sliding_window is -5"));
}

TEST(HfConfigTest, gemma_scales_its_embeddings_and_stores_its_norms_less_one) {
  const ModelConfig gemma = model("GemmaForCausalLM", R"("num_key_value_heads":1,"head_dim":16)");
  EXPECT_TRUE(gemma.norm_weight_plus_one);
  EXPECT_EQ(gemma.embedding_scale, 8.0);
  EXPECT_EQ(gemma.attention_scale, 0.25);
  EXPECT_EQ(gemma.attention_softcap, 0.0);
  const ModelConfig gemma2 =
      model("Gemma2ForCausalLM", R"("head_dim":16,"query_pre_attn_scalar":144,"final_logit_softcapping":null)");
  EXPECT_EQ(gemma2.attention_scale, 1.0 / 12);
  EXPECT_EQ(gemma2.attention_softcap, 50.0);
  EXPECT_EQ(gemma2.final_softcap, 0.0);
  EXPECT_FALSE(model("LlamaForCausalLM").norm_weight_plus_one);
  EXPECT_EQ(model("LlamaForCausalLM").embedding_scale, 1.0);
}

TEST(HfConfigTest, activations_are_known_by_name) {
  const std::string gemma = R"("num_key_value_heads":1,)";
  EXPECT_EQ(model("LlamaForCausalLM").activation, Activation::kSilu);
  EXPECT_EQ(model("LlamaForCausalLM", R"("hidden_act":"gelu")").activation, Activation::kGeluErf);
  EXPECT_EQ(model("LlamaForCausalLM", R"("hidden_act":"gelu_pytorch_tanh")").activation, Activation::kGeluTanh);
  EXPECT_EQ(model("GemmaForCausalLM", gemma + R"("hidden_act":"gelu")").activation, Activation::kGeluTanh);
  EXPECT_EQ(model("GemmaForCausalLM", gemma + R"("hidden_act":"gelu","hidden_activation":null)").activation,
            Activation::kGeluTanh);
  EXPECT_EQ(model("GemmaForCausalLM", gemma + R"("hidden_activation":"gelu")").activation, Activation::kGeluErf);
  EXPECT_EQ(model("Gemma2ForCausalLM").activation, Activation::kGeluTanh);
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("hidden_act":"relu2")"),
              HasSubstr("unsupported: config.json: hidden_act is 'relu2'"));
}

TEST(HfConfigTest, options_that_would_change_the_result_are_refused) {
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("quantization_config":{"quant_method":"gptq","bits":4})"),
              HasSubstr("unsupported: config.json: quantization_config (method 'gptq') is not supported"));
  EXPECT_THAT(refusal("GemmaForCausalLM", R"("use_bidirectional_attention":true)"),
              HasSubstr("use_bidirectional_attention is true"));
}

TEST(HfGenerationTest, ids_come_from_both_files) {
  const GenerationConfig generation =
      parse_hf_generation(R"({"eos_token_id":[32000,32001,32007],"pad_token_id":32000,"temperature":0.6})", "g");
  EXPECT_THAT(generation.eos_ids, ElementsAre(32000, 32001, 32007));
  EXPECT_EQ(generation.bos_id, std::nullopt);
  const GenerationConfig merged = merge_generation({{2, 32000}, 1, 0}, generation);
  EXPECT_THAT(merged.eos_ids, ElementsAre(32000, 32001, 32007, 2));
  EXPECT_EQ(merged.bos_id, 1);
  EXPECT_EQ(merged.pad_id, 32000);
}

TEST(HfGenerationTest, ids_are_checked) {
  const auto refusal_of = [](const std::string& text) {
    return error_of([&] { parse_hf_generation(text, "g.json"); });
  };
  EXPECT_THAT(parse_hf_generation(R"({"eos_token_id":-1,"pad_token_id":-1,"bos_token_id":null})", "g").eos_ids,
              ElementsAre());
  EXPECT_THAT(parse_hf_generation(R"({"eos_token_id":[5,5]})", "g").eos_ids, ElementsAre(5));
  EXPECT_THAT(refusal_of(R"({"eos_token_id":[1,-1]})"),
              HasSubstr("g.json: eos_token_id is -1, expected integers from 0"));
  EXPECT_THAT(refusal_of(R"({"eos_token_id":"</s>"})"),
              HasSubstr("eos_token_id is the string \"</s>\", expected an integer"));
  EXPECT_THAT(refusal_of(R"({"eos_token_id":[1.5]})"), HasSubstr("expected integers"));
  EXPECT_THAT(refusal_of(R"({"bos_token_id":2147483648})"), HasSubstr("bos_token_id is 2147483648"));
  EXPECT_THAT(refusal_of("[1]"), HasSubstr("not an object"));
}

}  // namespace
}  // namespace rbee::formats
