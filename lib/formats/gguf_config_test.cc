#include "formats/gguf_config.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/gguf_reader.h"
#include "formats/test_files.h"

namespace rbee::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t kU32 = 4, kI32 = 5, kF32 = 6;

// The required keys, each of which a test may leave out or replace.
class Keys {
 public:
  explicit Keys(std::string architecture) : architecture_(std::move(architecture)) {
    set("general.architecture", 8, GgufWriter::text(architecture_));
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::uint32_t>>{{"block_count", 4},
                                                                                        {"context_length", 512},
                                                                                        {"embedding_length", 64},
                                                                                        {"feed_forward_length", 128},
                                                                                        {"attention.head_count", 8},
                                                                                        {"vocab_size", 3}}) {
      set(architecture_ + "." + name, kU32, raw(value));
    }
    set(architecture_ + ".attention.layer_norm_rms_epsilon", kF32, raw(1e-5f));
  }
  Keys& set(const std::string& key, std::uint32_t kind, const std::string& value) {
    entries_[key] = {kind, value};
    return *this;
  }
  Keys& u32(const std::string& name, std::uint32_t value) { return set(architecture_ + "." + name, kU32, raw(value)); }
  Keys& f32(const std::string& name, float value) { return set(architecture_ + "." + name, kF32, raw(value)); }
  Keys& drop(const std::string& key) {
    entries_.erase(key);
    return *this;
  }
  GgufWriter writer() const {
    GgufWriter writer;
    for (const auto& [key, value] : entries_) writer.entry(key, value.kind, value.bytes);
    return writer;
  }

 private:
  struct Value {
    std::uint32_t kind;
    std::string bytes;
  };
  std::string architecture_;
  std::map<std::string, Value> entries_;
};

ModelConfig config(const GgufWriter& writer) {
  const std::string bytes = writer.file();
  return gguf_model_config(*GgufReader::read(as_bytes(bytes), "m.gguf"));
}
std::string refusal(const GgufWriter& writer) {
  return error_of([&writer] { config(writer); });
}
std::string array_of(std::uint32_t kind, const std::vector<std::uint32_t>& values) {
  std::string bytes = raw(kind) + raw<std::uint64_t>(values.size());
  for (const std::uint32_t value : values) bytes += raw(value);
  return bytes;
}

TEST(GgufConfigTest, a_llama_file_rotates_neighbouring_channels) {
  const ModelConfig llama =
      config(Keys("llama").u32("attention.head_count_kv", 2).f32("rope.freq_base", 5e5f).writer());
  EXPECT_EQ(llama.architecture, Architecture::kLlama);
  EXPECT_EQ(llama.name, "m");
  EXPECT_EQ(llama.kv_heads, 2u);
  EXPECT_EQ(llama.head_dim, 8u);
  EXPECT_EQ(llama.vocab_size, 3u);
  EXPECT_EQ(llama.rope.layout, RopeLayout::kInterleaved);
  EXPECT_EQ(llama.rope.theta, 5e5);
  EXPECT_EQ(llama.rope.scaling, RopeConfig::Scaling::kNone);
  EXPECT_TRUE(llama.tied_embeddings);
  for (const char* name : {"qwen2", "qwen3", "phi3", "gemma", "gemma2"}) {
    EXPECT_EQ(config(Keys(name).writer()).rope.layout, RopeLayout::kHalves) << name;
  }
}

TEST(GgufConfigTest, unknown_architectures_are_refused_by_name) {
  EXPECT_THAT(refusal(Keys("falcon").writer()),
              HasSubstr("unsupported: m.gguf: architecture 'falcon' is not supported; known architectures: llama, "
                        "qwen2, qwen3, phi3, gemma, gemma2"));
  EXPECT_THAT(refusal(GgufWriter()), HasSubstr("bad_file: m.gguf: general.architecture is missing, expected a string"));
  EXPECT_THAT(refusal(Keys("llama").u32("expert_count", 8).writer()),
              HasSubstr("llama.expert_count is 8: mixtures of experts"));
}

// Each required key with each of the 13 kinds of value: it is read, or the error names the key and both types.
TEST(GgufConfigTest, required_keys_of_every_other_type_are_refused) {
  const std::vector<std::string> keys = {"general.architecture",      "llama.block_count",
                                         "llama.context_length",      "llama.embedding_length",
                                         "llama.feed_forward_length", "llama.attention.head_count",
                                         "llama.vocab_size",          "llama.attention.layer_norm_rms_epsilon"};
  for (const std::string& key : keys) {
    EXPECT_THAT(refusal(Keys("llama").drop(key).writer()), HasSubstr(key + " is missing")) << key;
    for (std::uint32_t kind = 0; kind < 13; ++kind) {
      std::string value = raw(std::uint64_t{8});
      if (kind == 0 || kind == 1 || kind == 7) value = raw(static_cast<std::uint8_t>(kind == 7 ? 1 : 8));
      if (kind == 2 || kind == 3) value = raw<std::uint16_t>(8);
      if (kind == 4 || kind == 5) value = raw(8u);
      if (kind == 6) value = raw(8.0f);
      if (kind == 8) value = GgufWriter::text("llama");
      if (kind == 9) value = array_of(kF32, {1, 2});
      if (kind == 12) value = raw(8.0);
      const std::string found = refusal(Keys("llama").u32("attention.key_length", 8).set(key, kind, value).writer());
      const bool integer = kind <= 5 || kind == 10 || kind == 11;
      const bool wanted = key == "general.architecture"              ? kind == 8
                          : key.find("epsilon") != std::string::npos ? kind == 6 || kind == 12
                                                                     : integer;
      if (wanted) {
        EXPECT_EQ(found, "") << key << " kind " << kind;
      } else {
        EXPECT_THAT(found, HasSubstr("bad_file: m.gguf: " + key + " is a")) << key << " kind " << kind;
        EXPECT_THAT(found, HasSubstr(", expected a")) << key << " kind " << kind;
      }
    }
  }
}

TEST(GgufConfigTest, counts_meet_their_limits) {
  for (const std::uint32_t bad : {0u, 513u, 0xFFFFFFFFu}) {
    EXPECT_THAT(refusal(Keys("llama").u32("block_count", bad).writer()),
                HasSubstr("llama.block_count is " + std::to_string(bad) + ", expected 1 to 512"));
  }
  EXPECT_THAT(refusal(Keys("llama").set("llama.block_count", 10, raw(std::uint64_t{1} << 32)).writer()),
              HasSubstr("llama.block_count is 4294967296"));
  EXPECT_THAT(refusal(Keys("llama").set("llama.block_count", kI32, raw(-1)).writer()),
              HasSubstr("llama.block_count is -1"));
  EXPECT_THAT(refusal(Keys("llama").u32("attention.head_count", 0).writer()),
              HasSubstr("llama.attention.head_count is 0"));
  EXPECT_THAT(refusal(Keys("llama").u32("attention.head_count_kv", 16).writer()),
              HasSubstr("8 attention heads are no multiple of 16"));
  EXPECT_THAT(refusal(Keys("llama").u32("attention.head_count", 7).writer()),
              HasSubstr("is no multiple of llama.attention.head_count 7"));
  EXPECT_THAT(refusal(Keys("llama").u32("rope.dimension_count", 10).writer()),
              HasSubstr("10 channels per head rotate"));
  EXPECT_THAT(refusal(Keys("llama").u32("attention.key_length", 16).u32("attention.value_length", 8).writer()),
              HasSubstr("unsupported"));
  EXPECT_THAT(refusal(Keys("llama").f32("attention.layer_norm_rms_epsilon", NAN).writer()),
              HasSubstr("epsilon is nan, expected a number above 0"));
  EXPECT_THAT(refusal(Keys("llama").f32("rope.freq_base", -1).writer()), HasSubstr("the rope base is -1"));
  EXPECT_THAT(refusal(Keys("llama").f32("rope.scaling.factor", INFINITY).writer()),
              HasSubstr("rope scaling factor is inf"));
}

TEST(GgufConfigTest, numbers_by_layer_must_be_equal) {
  const std::string key = "llama.attention.head_count_kv";
  EXPECT_EQ(config(Keys("llama").set(key, 9, array_of(kU32, {2, 2, 2, 2})).writer()).kv_heads, 2u);
  EXPECT_EQ(config(Keys("llama").set(key, 9, array_of(kI32, {4, 4, 4, 4})).writer()).kv_heads, 4u);
  EXPECT_THAT(refusal(Keys("llama").set(key, 9, array_of(kU32, {2, 2, 4, 2})).writer()),
              HasSubstr("unsupported: m.gguf: " + key + " differs by layer (2 and 4)"));
  EXPECT_THAT(refusal(Keys("llama").set(key, 9, array_of(kU32, {2, 2})).writer()),
              HasSubstr(key + " has 2 numbers, the model has 4 layers"));
  EXPECT_THAT(refusal(Keys("llama").set(key, 9, array_of(kU32, {0, 0, 0, 0})).writer()), HasSubstr(key + " is 0"));
}

TEST(GgufConfigTest, the_vocabulary_agrees_with_its_lists_and_the_embedding) {
  const auto with_tokens = [] { return Keys("llama").writer().strings("tokenizer.ggml.tokens", {"a", "b"}); };
  EXPECT_EQ(config(with_tokens()).vocab_size, 2u);
  EXPECT_THAT(refusal(with_tokens().array("tokenizer.ggml.scores", kF32, 1, raw(1.0f))),
              HasSubstr("tokenizer.ggml.scores has 1 entries, tokenizer.ggml.tokens has 2"));
  EXPECT_THAT(refusal(with_tokens().array("tokenizer.ggml.scores", 0, 2, "ab")),
              HasSubstr("tokenizer.ggml.scores is an array of unsigned integers, expected an array of floats"));
  EXPECT_THAT(refusal(with_tokens().array("tokenizer.ggml.token_type", kI32, 3, std::string(12, '\1'))),
              HasSubstr("token_type has 3 entries"));
  EXPECT_THAT(refusal(with_tokens().tensor("token_embd.weight", {64, 3}, 0, 768)),
              HasSubstr("token_embd.weight has 3 rows, the vocabulary has 2 tokens"));
  EXPECT_THAT(refusal(Keys("llama").writer().u32("tokenizer.ggml.tokens", 5)),
              HasSubstr("expected an array of strings"));
}

TEST(GgufConfigTest, rope_scaling_and_tables) {
  const auto rope = [](const GgufWriter& writer) { return config(writer).rope; };
  const auto longrope = [](Keys keys) {
    return keys.writer().tensor("rope_factors_long.weight", {4}, 0, 16).tensor("rope_factors_short.weight", {4}, 0, 16);
  };
  EXPECT_EQ(rope(Keys("llama").f32("rope.scaling.factor", 4).writer()).scaling, RopeConfig::Scaling::kLinear);
  EXPECT_EQ(rope(Keys("llama").f32("rope.scale_linear", 4).writer()).factor, 4.0);
  EXPECT_EQ(rope(Keys("llama").writer().tensor("rope_freqs.weight", {4}, 0, 16)).frequency_divisors.size(), 4u);
  EXPECT_THAT(refusal(Keys("llama").writer().tensor("rope_freqs.weight", {5}, 0, 20)),
              HasSubstr("rope_freqs.weight has 5 numbers, expected 4"));
  EXPECT_THAT(refusal(Keys("llama").writer().tensor("rope_freqs.weight", {4}, 1, 8)),
              HasSubstr("expected an F32 vector"));
  const GgufWriter yarn = Keys("qwen2")
                              .f32("rope.scaling.factor", 4)
                              .u32("rope.scaling.original_context_length", 128)
                              .writer()
                              .string("qwen2.rope.scaling.type", "yarn");
  EXPECT_DOUBLE_EQ(*rope(yarn).attention_factor, 0.1 * std::log(4.0) + 1);
  EXPECT_EQ(rope(yarn).original_context, 128u);
  EXPECT_THAT(refusal(Keys("llama").writer().string("llama.rope.scaling.type", "x")),
              HasSubstr("llama.rope.scaling.type is 'x'"));
  const RopeConfig phi3 = rope(longrope(Keys("phi3").u32("rope.scaling.original_context_length", 32)));
  EXPECT_EQ(phi3.scaling, RopeConfig::Scaling::kLongRope);
  EXPECT_DOUBLE_EQ(*phi3.attention_factor, std::sqrt(1 + std::log(16.0) / std::log(32.0)));
  EXPECT_EQ(*rope(longrope(Keys("phi3").f32("rope.scaling.attn_factor", 1.25f))).attention_factor, 1.25);
  EXPECT_THAT(refusal(Keys("phi3").writer().tensor("rope_factors_long.weight", {4}, 0, 16)),
              HasSubstr("short factors has 0 numbers, expected 4"));
}

TEST(GgufConfigTest, sliding_windows) {
  const auto windows = [](const GgufWriter& writer) { return config(writer).sliding_windows; };
  EXPECT_THAT(windows(Keys("phi3").u32("attention.sliding_window", 16).writer()), ElementsAre(16, 16, 16, 16));
  EXPECT_THAT(windows(Keys("phi3").writer()), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows(Keys("gemma2").u32("attention.sliding_window", 16).writer()), ElementsAre(16, 0, 16, 0));
  EXPECT_THAT(windows(Keys("gemma2").writer()), ElementsAre(4096, 0, 4096, 0));
  EXPECT_THAT(windows(Keys("llama").u32("attention.sliding_window", 16).writer()), ElementsAre(16, 16, 16, 16));
  EXPECT_THAT(windows(Keys("gemma2").writer().array("gemma2.attention.sliding_window_pattern", 7, 4,
                                                    std::string("\0\0\1\1", 4))),
              ElementsAre(0, 0, 4096, 4096));
  EXPECT_THAT(refusal(Keys("gemma2").writer().array("gemma2.attention.sliding_window_pattern", 7, 1, "\1")),
              HasSubstr("has 1 entries, the model has 4 layers"));
}

TEST(GgufConfigTest, gemma_files_hold_norms_as_they_are) {
  const ModelConfig gemma2 =
      config(Keys("gemma2").u32("attention.key_length", 16).f32("final_logit_softcapping", 20).writer());
  EXPECT_FALSE(gemma2.norm_weight_plus_one);
  EXPECT_EQ(gemma2.embedding_scale, 8.0);
  EXPECT_EQ(gemma2.attention_scale, 0.25);
  EXPECT_EQ(gemma2.attention_softcap, 50.0);
  EXPECT_EQ(gemma2.final_softcap, 20.0);
  EXPECT_EQ(gemma2.activation, Activation::kGeluTanh);
  EXPECT_DOUBLE_EQ(
      config(Keys("gemma2").u32("block_count", 46).u32("attention.key_length", 16).writer()).attention_scale,
      1 / std::sqrt(8.0));
}

TEST(GgufGenerationTest, ends_come_from_keys_and_from_well_known_control_tokens) {
  GgufWriter writer = Keys("llama").writer();
  writer.strings("tokenizer.ggml.tokens", {"<s>", "</s>", "<|end|>", "<|im_end|>", "<|eot_id|>", "x"});
  std::string types;
  for (const std::int32_t type : {3, 3, 3, 1, 4, 1}) types += raw(type);
  writer.array("tokenizer.ggml.token_type", kI32, 6, types);
  writer.u32("tokenizer.ggml.bos_token_id", 0)
      .u32("tokenizer.ggml.eos_token_id", 1)
      .u32("tokenizer.ggml.eot_token_id", 4);
  writer.u32("tokenizer.ggml.padding_token_id", 0xFFFFFFFF).entry("tokenizer.ggml.eom_token_id", kI32, raw(-1));
  const std::string bytes = writer.file();
  const GenerationConfig generation = gguf_generation_config(*GgufReader::read(as_bytes(bytes), "m.gguf"), 6);
  EXPECT_THAT(generation.eos_ids, ElementsAre(1, 4, 2));
  EXPECT_EQ(generation.bos_id, 0);
  EXPECT_EQ(generation.pad_id, std::nullopt);
}

}  // namespace
}  // namespace rbee::formats
