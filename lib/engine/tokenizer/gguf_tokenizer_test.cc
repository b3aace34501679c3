// GGUF vocabularies: merging by score, special tokens, and forged metadata.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/gguf_vocab.h"
#include "engine/tokenizer/real_tokenizers.h"
#include "formats/gguf.h"

namespace rbee::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// <unk> <s> </s>, 256 byte tokens, then a few pieces with scores.
GgufVocab small_spm() {
  GgufVocab vocab;
  vocab.source = "x.gguf";
  vocab.model = "llama";
  const auto add = [&](std::string token, float score, std::int64_t type) {
    vocab.tokens.push_back(std::move(token));
    vocab.scores.push_back(score);
    vocab.types.push_back(type);
  };
  add("<unk>", 0, 2);
  add("<s>", 0, 3);
  add("</s>", 0, 3);
  for (unsigned byte = 0; byte < 256; ++byte) add(fmt::format("<0x{:02X}>", byte), 0, 6);
  for (const char* piece : {"▁", "a", "b", "c"}) add(piece, -10, 1);  // 259 to 262
  add("bc", -1, 1);                                                   // 263
  add("ab", -2, 1);                                                   // 264
  add("▁a", -3, 1);                                                   // 265
  add("xy", -1, 1);                                                   // 266: x and y are no tokens
  return vocab;
}

GgufVocab small_gpt2() {
  GgufVocab vocab;
  vocab.source = "x.gguf";
  vocab.model = "gpt2";
  vocab.pre = "gpt-2";
  for (unsigned byte = 0; byte < 256; ++byte)
    vocab.tokens.emplace_back(alphabet_character(static_cast<unsigned char>(byte)));
  vocab.tokens.emplace_back("he");
  vocab.merges = {"h e"};
  return vocab;
}

std::string error_of(const GgufVocab& vocab, ErrorKind kind = ErrorKind::kBadFile) {
  try {
    make_gguf_tokenizer(vocab);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "";
}

TEST(GgufTokenizer, sentencepiece_merges_the_highest_score_first) {
  const auto tokenizer = make_gguf_tokenizer(small_spm());
  EXPECT_THAT(numbers(tokenizer->encode("abc", AddSpecial::kYes)), ElementsAre(1, 265, 263));
  EXPECT_THAT(numbers(tokenizer->encode("ab", AddSpecial::kNo)), ElementsAre(259, 264));
}

TEST(GgufTokenizer, characters_that_only_occur_in_tokens_fall_back_to_bytes_when_alone) {
  const auto tokenizer = make_gguf_tokenizer(small_spm());
  EXPECT_THAT(numbers(tokenizer->encode("xyx", AddSpecial::kNo)), ElementsAre(259, 266, 3 + 'x'));
}

TEST(GgufTokenizer, a_space_is_put_before_text_and_after_special_tokens) {
  const auto tokenizer = make_gguf_tokenizer(small_spm());
  EXPECT_THAT(numbers(tokenizer->encode("a<s>a", AddSpecial::kNo)), ElementsAre(265, 1, 265));
  GgufVocab plain = small_spm();
  plain.add_space_prefix = false;
  EXPECT_THAT(numbers(make_gguf_tokenizer(plain)->encode("a<s>a", AddSpecial::kNo)), ElementsAre(260, 1, 260));
}

TEST(GgufTokenizer, bos_and_eos_are_added_as_the_file_says) {
  GgufVocab vocab = small_spm();
  vocab.add_bos = false;
  vocab.add_eos = true;
  EXPECT_THAT(numbers(make_gguf_tokenizer(vocab)->encode("a", AddSpecial::kYes)), ElementsAre(265, 2));
}

TEST(GgufTokenizer, longer_special_tokens_take_their_places_first) {
  GgufVocab vocab = small_gpt2();
  vocab.types.assign(vocab.tokens.size(), 1);
  for (const char* token : {"[a", "a[abc]"}) {
    vocab.tokens.emplace_back(token);
    vocab.types.push_back(3);
  }
  EXPECT_THAT(numbers(make_gguf_tokenizer(vocab)->encode("[a[abc]", AddSpecial::kNo)), ElementsAre('[' - 0, 258));
}

TEST(GgufTokenizer, short_arrays_are_named) {
  GgufVocab scores = small_spm(), types = small_spm();
  scores.scores.resize(10);
  EXPECT_THAT(error_of(scores), HasSubstr("x.gguf: tokenizer.ggml.scores: 10 scores for 267 tokens"));
  types.types.resize(10);
  EXPECT_THAT(error_of(types), HasSubstr("x.gguf: tokenizer.ggml.token_type: 10 types for 267 tokens"));
}

TEST(GgufTokenizer, forged_tokens_are_named) {
  for (const char* forged : {"<0xZZ>", "<0x-1>", "<0x+1>", "<0x1>", "x"}) {
    GgufVocab vocab = small_spm();
    vocab.tokens[5] = forged;
    EXPECT_THAT(error_of(vocab), HasSubstr(fmt::format("tokenizer.ggml.tokens[5]: '{}' is marked as a byte", forged)));
  }
  GgufVocab twice = small_spm(), broken = small_spm(), huge = small_spm(), nan = small_spm(), lacking = small_spm();
  twice.tokens.back() = "a";
  EXPECT_THAT(error_of(twice), HasSubstr("tokens[266]: duplicate token 'a'"));
  broken.tokens.back() = "\xFF";
  EXPECT_THAT(error_of(broken), HasSubstr("tokens[266]: not UTF-8"));
  huge.tokens.back() = std::string(1 << 20, 'a');
  EXPECT_THAT(error_of(huge), HasSubstr("tokens[266]: 1048576 bytes"));
  nan.scores.back() = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(error_of(nan), HasSubstr("scores[266]: not a number"));
  lacking.tokens[3 + 0xC3] = "<0xc3>";
  EXPECT_THAT(error_of(lacking), HasSubstr("no token for the byte 0xC3"));
}

TEST(GgufTokenizer, ids_out_of_range_are_named) {
  GgufVocab vocab = small_spm();
  vocab.eos = 1ull << 31;
  EXPECT_THAT(error_of(vocab), HasSubstr("tokenizer.ggml.eos_token_id: 2147483648, but there are 267 tokens"));
  const auto tokenizer = make_gguf_tokenizer(small_spm());
  for (const int id : {-1, 267, 2147483647}) {
    EXPECT_THROW(tokenizer->token_bytes(TokenId(id)), Error);
    EXPECT_FALSE(tokenizer->is_special(TokenId(id)));
  }
}

TEST(GgufTokenizer, forged_merges_are_named) {
  GgufVocab missing = small_gpt2(), lone = small_gpt2();
  missing.merges.emplace_back("e h");
  EXPECT_THAT(error_of(missing), HasSubstr("merges[1]: the result 'eh' is not in the vocabulary"));
  lone.merges = {"he"};
  EXPECT_THAT(error_of(lone), HasSubstr("merges[0]: 'he', two tokens were expected"));
  GgufVocab broken = lone;
  broken.merges = {"h e\xFF"};
  EXPECT_THAT(error_of(broken), HasSubstr("merges[0]: not UTF-8"));
}

TEST(GgufTokenizer, unknown_kinds_are_named) {
  GgufVocab model = small_gpt2(), pre = small_gpt2();
  model.model = "bert";
  EXPECT_THAT(error_of(model, ErrorKind::kUnsupported), HasSubstr("tokenizer.ggml.model 'bert'"));
  pre.pre = "magic";
  EXPECT_THAT(error_of(pre, ErrorKind::kUnsupported),
              HasSubstr("tokenizer.ggml.pre 'magic' is not known (known: default, llama-bpe"));
}

TEST(GgufTokenizer, every_known_kind_loads_and_keeps_the_text) {
  const std::string text = "Hello, it's 12345 日本語 naïve 😀\r\n\t  x <=> y";
  for (const char* pre :
       {"default", "llama-bpe", "qwen2", "qwen35", "stablelm2", "gpt-2", "starcoder", "falcon", "deepseek-coder",
        "deepseek-v3", "tekken", "gpt-4o", "bloom", "viking", "seed-coder", "bailingmoe"}) {
    GgufVocab vocab = small_gpt2();
    vocab.pre = pre;
    const auto tokenizer = make_gguf_tokenizer(vocab);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text, AddSpecial::kNo), SkipSpecial::kNo), text) << pre;
  }
}

// Expectations: llama.cpp's llama-server /tokenize on the same files.
TEST(GgufTokenizer, fixture_files_tokenize_as_llama_cpp_does) {
  const auto ids = [](const char* name, std::string_view text) {
    const auto file = formats::GgufFile::open(std::filesystem::path(RBEE_TEST_DATA) / "gguf" / name);
    return numbers(load_gguf_tokenizer(*file)->encode(text, AddSpecial::kYes));
  };
  EXPECT_THAT(ids("tiny-llama-F16.gguf", "Hello world <s> foo"),
              ElementsAre(1, 662, 330, 395, 379, 775, 359, 1, 374, 321, 330, 330));
  EXPECT_THAT(ids("tiny-qwen2-Q8_0.gguf", "Hello world <s> foo"),
              ElementsAre(561, 277, 260, 676, 474, 82, 29, 278, 78, 78));
}

}  // namespace
}  // namespace rbee::engine
