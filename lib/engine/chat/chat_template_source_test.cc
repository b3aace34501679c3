#include "engine/chat/chat_template_source.h"

#include <unistd.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"

namespace rbee::engine {
namespace {

class TemplateFolder : public testing::Test {
 protected:
  TemplateFolder() { std::filesystem::create_directories(folder_); }
  ~TemplateFolder() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, content);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("chat_template_" + std::to_string(getpid()) + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(TemplateFolder, a_text_and_tokens_of_either_form_are_found) {
  write("tokenizer_config.json", R"({"chat_template": "T", "bos_token": "<s>", "eos_token": {"content": "</s>"}})");
  const auto found = find_folder_template(folder_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "T");
  EXPECT_FALSE(found->tool_text);
  EXPECT_EQ(found->bos_token, "<s>");
  EXPECT_EQ(found->eos_token, "</s>");
}

TEST_F(TemplateFolder, a_list_names_the_default_and_the_one_for_tools) {
  write("tokenizer_config.json", R"({"chat_template": [{"name": "default", "template": "D"},
      {"name": "rag", "template": "R"}, {"name": "tool_use", "template": "U"}], "bos_token": null})");
  const auto found = find_folder_template(folder_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->for_tools(nullptr), "D");
  EXPECT_EQ(found->for_tools(boost::json::array{}), "U");
  EXPECT_EQ(found->bos_token, "");
}

TEST_F(TemplateFolder, the_jinja_file_goes_before_the_configuration) {
  write("tokenizer_config.json", R"({"chat_template": "T", "eos_token": "E"})");
  write("chat_template.jinja", "J\n");
  write("additional_chat_templates/tool_use.jinja", "U");
  const auto found = find_folder_template(folder_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "J\n");
  EXPECT_EQ(found->tool_text, "U");
  EXPECT_EQ(found->eos_token, "E");
}

TEST_F(TemplateFolder, a_model_may_have_none) {
  EXPECT_FALSE(find_folder_template(folder_));
  write("tokenizer_config.json", R"({"bos_token": "<s>"})");
  EXPECT_FALSE(find_folder_template(folder_));
}

TEST_F(TemplateFolder, wrong_types_are_named) {
  write("tokenizer_config.json", R"({"chat_template": 5})");
  try {
    find_folder_template(folder_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_STREQ(error.what(), "tokenizer_config.json: chat_template is not a text");
  }
}

}  // namespace
}  // namespace rbee::engine
