// Forged tokenizer.json files: each is refused with one error that names the place.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/small_tokenizer.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {
namespace {

using testing::HasSubstr;

// The message of the Error that parsing throws; empty when it is accepted.
std::string error_of(const std::string& json, ErrorKind kind = ErrorKind::kBadFile) {
  try {
    parse_hf_tokenizer(json, "t.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "";
}

std::string with_vocab(std::string_view vocab) {
  return error_of(tiny_json("", vocab));
}
std::string with_merges(std::string_view merges) {
  return error_of(tiny_json("", R"("a": 0, "b": 1, "ab": 2)", merges));
}
std::string with(std::string_view components) {
  return error_of(tiny_json(components));
}

TEST(HostileTokenizerJson, a_sound_small_file_is_accepted) {
  EXPECT_EQ(error_of(tiny_json()), "");
  EXPECT_EQ(error_of(small_byte_level_json()), "");
}

TEST(HostileTokenizerJson, ids_must_be_integers_within_the_limits) {
  EXPECT_THAT(with_vocab(R"("a": -1)"), HasSubstr("model.vocab['a']: the id -1"));
  EXPECT_THAT(with_vocab(R"("a": 2147483648)"), HasSubstr("model.vocab['a']: the id 2147483648"));
  EXPECT_THAT(with_vocab(R"("a": 18446744073709551615)"), HasSubstr("model.vocab['a']"));
  EXPECT_THAT(with_vocab(R"("a": 1e308)"), HasSubstr("model.vocab['a']: the number 1e+308"));
  EXPECT_THAT(with_vocab(R"("a": "0")"), HasSubstr("model.vocab['a']: a string"));
  EXPECT_THAT(with_vocab(R"("a": null)"), HasSubstr("model.vocab['a']: null"));
  EXPECT_THAT(with_vocab(R"("a": 0, "b": 1, "ab": 1)"), HasSubstr("the id 1 is another token's too"));
  EXPECT_THAT(with_vocab(R"("a": 0, "a": 1)"), HasSubstr("duplicate token 'a'"));
  EXPECT_THAT(with_vocab(R"("a": 0, "b": 1, "ab": 4000000)"), HasSubstr("far beyond the 3 tokens"));
}

TEST(HostileTokenizerJson, gaps_in_the_ids_are_allowed_and_their_ids_unknown) {
  const auto tokenizer = parse_hf_tokenizer(tiny_json("", R"("a": 0, "b": 7, "ab": 20)"), "t.json");
  EXPECT_EQ(tokenizer->vocab_size(), 21u);
  EXPECT_EQ(tokenizer->encode("ab", AddSpecial::kNo), std::vector{TokenId(20)});
  EXPECT_THROW(tokenizer->token_bytes(TokenId(3)), Error);
  EXPECT_THROW(tokenizer->token_bytes(TokenId(-1)), Error);
  EXPECT_THROW(tokenizer->decode(std::vector{TokenId(21)}, SkipSpecial::kNo), Error);
}

TEST(HostileTokenizerJson, merges_must_join_tokens_to_a_token) {
  EXPECT_THAT(with_merges(R"("a b", "b a")"), HasSubstr("model.merges[1]: the result 'ba' is not in the vocabulary"));
  EXPECT_THAT(with_merges(R"("a c")"), HasSubstr("model.merges[0]: 'c' is not in the vocabulary"));
  EXPECT_THAT(with_merges(R"("ab")"), HasSubstr("model.merges[0]: 'ab'; two tokens were expected"));
  EXPECT_THAT(with_merges(R"("a b c")"), HasSubstr("model.merges[0]"));
  EXPECT_THAT(with_merges(R"(["a"])"), HasSubstr("model.merges[0]: 1 strings"));
  EXPECT_THAT(with_merges(R"(["a", "b", "a"])"), HasSubstr("model.merges[0]"));
  EXPECT_THAT(with_merges(R"([["a"], "b"])"), HasSubstr("model.merges[0]: an array in an array"));
  EXPECT_THAT(with_merges("17"), HasSubstr("model.merges[0]: a number"));
}

TEST(HostileTokenizerJson, long_tokens_are_refused) {
  const std::string long_token(1 << 20, 'a');
  EXPECT_THAT(with_vocab("\"" + long_token + "\": 0"), HasSubstr("a token of more than 65536 bytes"));
  EXPECT_THAT(with(R"("added_tokens": [{"id": 3, "content": ")" + long_token + R"("}],)"),
              HasSubstr("added_tokens[0]"));
}

TEST(HostileTokenizerJson, a_million_tokens_and_more_are_refused) {
  std::string vocab;
  for (std::size_t i = 0; i <= kVocabMax; ++i) vocab += fmt::format("{}\"t{}\":{}", i == 0 ? "" : ",", i, i);
  EXPECT_THAT(with_vocab(vocab), HasSubstr("model.vocab: more than 1048576 tokens"));
}

TEST(HostileTokenizerJson, deep_nesting_ends_with_an_error) {
  for (const std::size_t depth : {33u, 10'000u, 10'000'000u}) {
    EXPECT_THAT(error_of(std::string(depth, '[')), HasSubstr("JSON nested deeper than 32 at byte 33"));
  }
}

TEST(HostileTokenizerJson, broken_json_names_the_byte) {
  EXPECT_THAT(error_of(""), HasSubstr("t.json: the JSON ends too early"));
  EXPECT_THAT(error_of("{\"model\": tru}"), HasSubstr("t.json: not JSON at byte"));
  EXPECT_THAT(error_of(tiny_json() + "x"), HasSubstr("something follows"));
  EXPECT_THAT(error_of("[]"), HasSubstr("an object was expected"));
  EXPECT_THAT(error_of("{}"), HasSubstr("'model' is missing"));
  EXPECT_THAT(error_of("{\"a\": 1, \"a\": 2}"), HasSubstr("duplicate key 'a'"));
  EXPECT_THAT(error_of("{\"model\": \"\\ud800\"}"), HasSubstr("not JSON"));
}

TEST(HostileTokenizerJson, unknown_components_are_named) {
  const auto unsupported = [](std::string_view part) { return error_of(tiny_json(part), ErrorKind::kUnsupported); };
  EXPECT_THAT(unsupported(R"("normalizer": {"type": "Precompiled"},)"), HasSubstr("normalizer: type 'Precompiled'"));
  EXPECT_THAT(unsupported(R"("pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Magic"}]},)"),
              HasSubstr("pre_tokenizer.pretokenizers[0]: type 'Magic' is not supported"));
  EXPECT_THAT(unsupported(R"("decoder": {"type": "CTC"},)"), HasSubstr("decoder: type 'CTC'"));
  EXPECT_THAT(unsupported(R"("post_processor": {"type": "Magic"},)"), HasSubstr("post_processor: type 'Magic'"));
  EXPECT_THAT(error_of(R"({"model": {"type": "Unigram", "vocab": [["a", 0.5]]}})", ErrorKind::kUnsupported),
              HasSubstr("model: type 'Unigram'"));
}

TEST(HostileTokenizerJson, templates_must_name_known_tokens) {
  EXPECT_THAT(with(R"("post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}},
                      {"Sequence": {"id": "A"}}], "special_tokens": {}},)"),
              HasSubstr("post_processor.single[0].SpecialToken.id: '<s>' is not in special_tokens"));
  EXPECT_THAT(with(R"("post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}},
                      {"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"ids": [77]}}},)"),
              HasSubstr("special_tokens.<s>.ids[0]: 77, an integer from 0 to 2"));
}

TEST(HostileTokenizerJson, added_tokens_must_have_the_id_that_follows) {
  EXPECT_THAT(with(R"("added_tokens": [{"id": 9, "content": "<x>"}],)"),
              HasSubstr("added_tokens[0].id: 9, but '<x>' has the id 3"));
  EXPECT_THAT(with(R"("added_tokens": [{"id": 1, "content": "a"}],)"), HasSubstr("model.vocab says so"));
  EXPECT_THAT(with(R"("added_tokens": [{"id": -1, "content": "<x>"}],)"), HasSubstr("added_tokens[0].id: -1"));
}

TEST(HostileTokenizerJson, a_byte_without_a_token_is_an_error) {
  EXPECT_THAT(with(R"("pre_tokenizer": {"type": "ByteLevel"},)"), HasSubstr("no token for the byte 0x00"));
  EXPECT_THAT(error_of(tiny_json("", R"("a": 0, "<0xZZ>": 1, "<0x-1>": 2)", "", R"("byte_fallback": true,)")),
              HasSubstr("no token for the byte 0x00"));
  EXPECT_THAT(error_of(tiny_json("", R"("a": 0)", "", R"("unk_token": "<unk>",)")),
              HasSubstr("model.unk_token: '<unk>'"));
}

TEST(HostileTokenizerJson, patterns_are_bounded) {
  const auto split = [](std::string_view pattern) {
    return fmt::format(R"("pre_tokenizer": {{"type": "Split", "pattern": {{"Regex": "{}"}}, "behavior": "Isolated"}},)",
                       pattern);
  };
  EXPECT_THAT(with(split(std::string(5000, 'a'))), HasSubstr("a pattern of 5000 bytes"));
  EXPECT_THAT(with(split("(a")), HasSubstr("pre_tokenizer.pattern.Regex: the pattern '(a' does not compile"));
  const auto tokenizer = parse_hf_tokenizer(tiny_json(split("(a+)+[cd]")), "t.json");
  EXPECT_THROW(tokenizer->encode(std::string(100'000, 'a'), AddSpecial::kNo), Error);
  const auto quadratic = parse_hf_tokenizer(tiny_json(split("a+[cd]")), "t.json");
  EXPECT_THROW(quadratic->encode(std::string(1'000'000, 'a'), AddSpecial::kNo), Error);
}

TEST(HostileTokenizerJson, long_texts_are_refused) {
  const auto tokenizer = parse_hf_tokenizer(tiny_json(), "t.json");
  EXPECT_THROW(tokenizer->encode(std::string(kTextBytesMax + 1, 'a'), AddSpecial::kNo), Error);
}

TEST(HostileTokenizerJson, every_truncation_of_a_file_is_an_error) {
  const std::string json = small_byte_level_json();
  for (std::size_t size = 0; size < json.size(); size += 7) EXPECT_NE(error_of(json.substr(0, size)), "") << size;
}

}  // namespace
}  // namespace rbee::engine
