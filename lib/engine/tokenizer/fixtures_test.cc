// Ids and text of real tokenizers, as the tokenizers library gives them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/tokenizer/real_tokenizers.h"

namespace rbee::engine {
namespace {

class RealTokenizer : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Tokenizer> tokenizer_ = real_tokenizer(GetParam());
  std::vector<boost::json::value> cases_ =
      json_lines(std::filesystem::path(RBEE_TEST_DATA) / "text" / (GetParam() + ".tokens.jsonl"));
};

TEST_P(RealTokenizer, ids_equal_the_tokenizers_library) {
  ASSERT_EQ(cases_.size(), 220u);
  for (const boost::json::value& expected : cases_) {
    const std::string text(expected.at("text").as_string());
    EXPECT_EQ(numbers(tokenizer_->encode(text, AddSpecial::kNo)), numbers(expected.at("ids"))) << text;
    EXPECT_EQ(numbers(tokenizer_->encode(text, AddSpecial::kYes)), numbers(expected.at("ids_special"))) << text;
  }
}

TEST_P(RealTokenizer, decoded_text_equals_the_tokenizers_library) {
  for (const boost::json::value& expected : cases_) {
    std::vector<TokenId> ids;
    for (const std::int32_t id : numbers(expected.at("ids"))) ids.emplace_back(id);
    EXPECT_EQ(tokenizer_->decode(ids, SkipSpecial::kNo), std::string(expected.at("decoded").as_string()));
  }
}

INSTANTIATE_TEST_SUITE_P(All, RealTokenizer, testing::Values("llama2", "llama3", "qwen2_5", "gemma"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace rbee::engine
