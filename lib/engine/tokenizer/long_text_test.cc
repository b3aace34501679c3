// Long runs of one thing, on a small stack. The bound on time is for hangs only; speed is measured in bench/.

#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <functional>

#include "base/units.h"
#include "engine/tokenizer/real_tokenizers.h"

namespace rbee::engine {
namespace {

constexpr std::size_t kTextBytes = 1'000'000;
constexpr std::size_t kStackBytes = 256_KiB;
constexpr std::chrono::seconds kHang{60};

std::string repeated(std::string_view unit) {
  std::string text;
  while (text.size() < kTextBytes) text.append(unit);
  return text;
}

void* call(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

void run_on_small_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, call, &work), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

class LongText : public testing::TestWithParam<std::string> {};

TEST_P(LongText, runs_of_one_character_are_encoded_on_a_small_stack) {
  const auto tokenizer = real_tokenizer(GetParam());
  for (const std::string_view unit : {"A", "Z", " ", "\n", "\r\n", "0", "'", "\t \n", "日", "日本語", "e\u0301",
                                      "\u0301\u0316", "<|", "😀", "<|im_start|>", "a b ", "\xFF"}) {
    const std::string text = repeated(unit);
    std::vector<TokenId> ids;
    const auto begin = std::chrono::steady_clock::now();
    run_on_small_stack([&] { ids = tokenizer->encode(text, AddSpecial::kNo); });
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kHang) << unit;
    EXPECT_FALSE(ids.empty()) << unit;
  }
}

INSTANTIATE_TEST_SUITE_P(All, LongText, testing::Values("llama2", "llama3", "qwen2_5", "gemma"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace rbee::engine
