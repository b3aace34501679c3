#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/hf_config.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Scaling = RopeConfig::Scaling;

std::string config_text(const std::string& class_name, const std::string& more) {
  return R"({"architectures":[")" + class_name +
         R"("],"vocab_size":100,"hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":8,)"
         R"("num_key_value_heads":2,"max_position_embeddings":512,)" +
         more + "}";
}
RopeConfig rope(const std::string& class_name, const std::string& more) {
  return parse_hf_config(config_text(class_name, more), "config.json", "folder").model.rope;
}
std::string refusal(const std::string& class_name, const std::string& more) {
  return error_of([&] { rope(class_name, more); });
}

TEST(HfRopeTest, theta_comes_from_either_style) {
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_theta":5e5)").theta, 5e5);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_parameters":{"rope_theta":500000.0,"rope_type":"default"})").theta, 5e5);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_theta":3,"rope_parameters":{"rope_type":"default"})").theta, 3);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_theta":3,"rope_scaling":{},"rope_parameters":{"rope_theta":7})").theta,
            7);
  EXPECT_EQ(
      rope("LlamaForCausalLM", R"("rope_theta":3,"rope_scaling":{"type":"default"},"rope_parameters":{"rope_theta":7})")
          .theta,
      3);
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_theta":0)"),
              HasSubstr("rope_theta is 0, expected a number above 0"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_parameters":{"rope_theta":"x"})"),
              HasSubstr("config.json: rope_parameters.rope_theta is the string"));
}

TEST(HfRopeTest, scaling_types_of_both_styles) {
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_scaling":{"type":"linear","factor":4})").scaling, Scaling::kLinear);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_scaling":{"type":"linear","factor":4})").factor, 4.0);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_scaling":{"type":"dynamic","factor":2.0})").scaling, Scaling::kNone);
  const RopeConfig llama3 = rope(
      "LlamaForCausalLM",
      R"("rope_scaling":{"factor":8.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":128,"rope_type":"llama3"})");
  EXPECT_EQ(llama3.scaling, Scaling::kLlama3);
  EXPECT_EQ(llama3.original_context, 128u);
  EXPECT_EQ(llama3.factor, 8.0);
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_scaling":{"rope_type":"ntk"})"),
              HasSubstr("unsupported: config.json: rope_scaling.rope_type is 'ntk'"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_scaling":{"type":"linear"})"),
              HasSubstr("rope_scaling.factor is missing"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_scaling":{"rope_type":"llama3","factor":8})"),
              HasSubstr("rope_scaling.low_freq_factor is missing"));
  EXPECT_THAT(refusal("LlamaForCausalLM",
                      R"("rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4})"),
              HasSubstr("high_freq_factor is 4, expected more than low_freq_factor 4"));
  EXPECT_THAT(refusal("LlamaForCausalLM", R"("rope_scaling":[])"),
              HasSubstr("rope_scaling is an array, expected an object"));
}

TEST(HfRopeTest, yarn_gets_its_attention_factor) {
  const RopeConfig yarn =
      rope("Qwen2ForCausalLM", R"("rope_scaling":{"factor":4.0,"original_max_position_embeddings":128,"type":"yarn"})");
  EXPECT_EQ(yarn.scaling, Scaling::kYarn);
  EXPECT_EQ(yarn.original_context, 128u);
  EXPECT_DOUBLE_EQ(*yarn.attention_factor, 0.1 * std::log(4.0) + 1);
  EXPECT_EQ(yarn.beta_fast, 32.0);
  EXPECT_EQ(
      *rope("LlamaForCausalLM", R"("rope_scaling":{"factor":4.0,"type":"yarn","attention_factor":0.7,"beta_slow":2})")
           .attention_factor,
      0.7);
  EXPECT_EQ(*rope("LlamaForCausalLM", R"("rope_scaling":{"factor":40,"type":"yarn","mscale":1.0,"mscale_all_dim":1.0})")
                 .attention_factor,
            1.0);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_scaling":{"type":"yarn","original_max_position_embeddings":64})").factor,
            8.0);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("rope_scaling":{"type":"yarn","factor":2})").original_context, 512u);
}

TEST(HfRopeTest, longrope_takes_its_tables_and_the_original_context) {
  const std::string tables = R"("short_factor":[1,1.5,2,2.5],"long_factor":[1,4,9,16])";
  for (const char* type : {"su", "yarn", "longrope"}) {
    const RopeConfig longrope =
        rope("Phi3ForCausalLM", R"("original_max_position_embeddings":32,"rope_scaling":{"type":")" +
                                    std::string(type) + "\"," + tables + "}");
    EXPECT_EQ(longrope.scaling, Scaling::kLongRope);
    EXPECT_THAT(longrope.short_factors, ElementsAre(1, 1.5, 2, 2.5));
    EXPECT_THAT(longrope.long_factors, ElementsAre(1, 4, 9, 16));
    EXPECT_EQ(longrope.original_context, 32u);
    EXPECT_DOUBLE_EQ(*longrope.attention_factor, std::sqrt(1 + std::log(16.0) / std::log(32.0)));
  }
  EXPECT_EQ(rope("LlamaForCausalLM",
                 R"("rope_scaling":{"type":"longrope","original_max_position_embeddings":64,)" + tables + "}")
                .original_context,
            64u);
  EXPECT_EQ(*rope("Phi3ForCausalLM", R"("rope_scaling":{"type":"longrope",)" + tables + "}").attention_factor,
            1.0);  // 512 / 4096
  EXPECT_EQ(*rope("Phi3ForCausalLM", R"("rope_scaling":{"type":"longrope","attention_factor":1.19,)" + tables + "}")
                 .attention_factor,
            1.19);
  EXPECT_THAT(refusal("Phi3ForCausalLM",
                      R"("rope_scaling":{"type":"longrope","short_factor":[1,1,1],"long_factor":[1,1,1,1]})"),
              HasSubstr("the rope short factors has 3 numbers, expected 4"));
  EXPECT_THAT(refusal("Phi3ForCausalLM",
                      R"("rope_scaling":{"type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,0]})"),
              HasSubstr("long factors is 0, expected a number above 0"));
  EXPECT_THAT(
      refusal("Phi3ForCausalLM", R"("rope_scaling":{"type":"longrope","short_factor":[1,1,1,"x"],"long_factor":[]})"),
      HasSubstr("short_factor is the string"));
  EXPECT_THAT(refusal("Phi3ForCausalLM", R"("rope_scaling":{"type":"longrope","short_factor":[1,1,1,1]})"),
              HasSubstr("long_factor is missing"));
}

TEST(HfRopeTest, a_part_of_the_head_may_rotate) {
  std::string text = R"("hidden_act":"silu","head_dim":16,"partial_rotary_factor":0.75)";
  EXPECT_EQ(rope("Phi3ForCausalLM", text).rotary_dim, 12u);
  EXPECT_EQ(rope("Phi3ForCausalLM", R"("head_dim":16,"rope_parameters":{"partial_rotary_factor":0.5})").rotary_dim, 8u);
  EXPECT_EQ(rope("LlamaForCausalLM", R"("partial_rotary_factor":1.0)").rotary_dim, 8u);
  EXPECT_THAT(refusal("LlamaForCausalLM", text), HasSubstr("unsupported: config.json: partial_rotary_factor is 0.75"));
  EXPECT_THAT(refusal("Phi3ForCausalLM", R"("partial_rotary_factor":1.5)"), HasSubstr("expected at most 1"));
  EXPECT_THAT(refusal("Phi3ForCausalLM", R"("partial_rotary_factor":0.4)"), HasSubstr("3 channels per head rotate"));
}

TEST(HfRopeTest, parameters_by_layer_type_must_agree) {
  const std::string same = R"({"rope_type":"default","rope_theta":77.0})";
  EXPECT_EQ(rope("Gemma2ForCausalLM",
                 R"("rope_parameters":{"full_attention":)" + same + R"(,"sliding_attention":)" + same + "}")
                .theta,
            77.0);
  EXPECT_THAT(refusal("Gemma2ForCausalLM",
                      R"("rope_parameters":{"full_attention":)" + same + R"(,"sliding_attention":{"rope_theta":1.5}})"),
              HasSubstr("rope that differs by layer is not supported"));
}

}  // namespace
}  // namespace rbee::formats
