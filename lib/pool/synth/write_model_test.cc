#include "pool/synth/write_model.h"

#include <cmath>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "formats/half.h"
#include "formats/model_files.h"
#include "pool/digest.h"
#include "pool/model_facts.h"
#include "pool/synth/random_weights.h"

namespace rbee::pool::synth {
namespace {

namespace fs = std::filesystem;

class WriteModelTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  // The real shape of a family, made small enough to write in a moment.
  static SynthRequest small(std::string_view id) {
    SynthRequest request;
    request.shape = find_shape(id);
    request.shape.layers = 2;
    request.shape.hidden = request.shape.heads * 8;
    request.shape.head_dim = 8;
    request.shape.intermediate = 96;
    if (request.shape.vocab > 40'000) {
      request.shape.vocab = 2000;
      request.shape.bos = 0;
      request.shape.eos = 1999;
    }
    return request;
  }
  static std::string digest_of(const fs::path& folder) {
    Digest digest(Digest::Algorithm::kSha256);
    for (const wire::ModelFile& file : list_model_files(folder)) {
      digest.update(file.path);
      digest.update(read_file(folder / file.path, 1 << 30));
    }
    return digest.hex();
  }
  fs::path folder_ = fs::temp_directory_path() / ("rbee_synth_" + random_hex(6));
};

TEST_F(WriteModelTest, every_family_opens_as_a_model) {
  for (const std::string& id : shape_ids()) {
    const SynthReport report = write_model(small(id), folder_ / id, [](std::uint64_t, std::uint64_t) {});
    const auto model = formats::open_model(folder_ / id);
    EXPECT_EQ(model->weight_bytes(), report.weight_bytes) << id;
    EXPECT_EQ(model->config().layers, 2u);
    EXPECT_EQ(model->generation().eos_ids.size(), 1u);
  }
}

TEST_F(WriteModelTest, bytes_depend_on_the_seed_and_not_on_the_threads) {
  SynthRequest request = small("tinyllama");
  const auto write = [&](const std::string& name, unsigned threads, std::uint64_t seed) {
    request.threads = threads;
    request.seed = seed;
    write_model(request, folder_ / name, [](std::uint64_t, std::uint64_t) {});
    return digest_of(folder_ / name);
  };
  const std::string one = write("one", 1, 7);
  EXPECT_EQ(write("three", 3, 7), one);
  EXPECT_NE(write("other", 3, 8), one);
}

TEST_F(WriteModelTest, large_models_are_cut_into_shards_with_an_index) {
  SynthRequest request = small("mistral");
  request.shard_bytes = 400'000;
  const SynthReport report = write_model(request, folder_ / "m", [](std::uint64_t, std::uint64_t) {});
  EXPECT_GT(report.shards, 2u);
  EXPECT_TRUE(fs::exists(folder_ / "m" / "model.safetensors.index.json"));
  EXPECT_EQ(formats::open_model(folder_ / "m")->weight_bytes(), report.weight_bytes);
}

TEST_F(WriteModelTest, an_existing_folder_is_left_alone) {
  EXPECT_THROW(write_model(small("phi3"), folder_, [](std::uint64_t, std::uint64_t) {}), Error);
}

TEST(ModelShapeTest, parameter_counts_are_the_published_ones) {
  const auto parameters = [](std::string_view id) {
    std::uint64_t count = 0;
    for (const SynthTensor& tensor : tensors_of(find_shape(id))) count += tensor.elements();
    return count;
  };
  EXPECT_EQ(parameters("qwen-0.5b"), 494'032'768u);
  EXPECT_EQ(parameters("tinyllama"), 1'100'048'384u);
  EXPECT_EQ(parameters("phi3"), 3'821'079'552u);
  EXPECT_EQ(parameters("mistral"), 7'241'732'096u);
  EXPECT_EQ(parameters("llama3-8b"), 8'030'261'248u);
  EXPECT_EQ(parameters("gemma-2b"), 2'506'172'416u);
  EXPECT_EQ(parameters("codellama-7b"), 6'738'546'688u);
  EXPECT_THROW(find_shape("tinylama"), Error);
}

TEST(NormalTableTest, draws_have_the_moments_of_a_normal_distribution) {
  const NormalTable table(1.0, 0.5, ElementType::kF32);
  std::vector<float> values(1 << 20);
  table.draw(3, 5, 0, std::as_writable_bytes(std::span(values)));
  double mean = 0, variance = 0, fourth = 0;
  for (const float value : values) mean += value;
  mean /= static_cast<double>(values.size());
  for (const float value : values) {
    const double square = (value - mean) * (value - mean);
    variance += square;
    fourth += square * square;
  }
  variance /= static_cast<double>(values.size());
  fourth /= static_cast<double>(values.size());
  EXPECT_NEAR(mean, 1.0, 0.003);
  EXPECT_NEAR(variance, 0.25, 0.002);
  EXPECT_NEAR(fourth / (variance * variance), 3.0, 0.05);
}

TEST(NormalTableTest, pieces_are_the_same_as_the_whole) {
  const NormalTable table(0, 0.02, ElementType::kBF16);
  std::vector<std::uint16_t> whole(1002), pieces(1002);
  table.draw(1, 2, 0, std::as_writable_bytes(std::span(whole)));
  table.draw(1, 2, 0, std::as_writable_bytes(std::span(pieces).first(400)));
  table.draw(1, 2, 400, std::as_writable_bytes(std::span(pieces).subspan(400)));
  EXPECT_EQ(whole, pieces);
}

TEST(HalfRoundingTest, every_half_rounds_to_itself) {
  for (std::uint32_t bits = 0; bits < 0x7C00; ++bits) {
    const float value = formats::half_to_float(static_cast<std::uint16_t>(bits));
    ASSERT_EQ(to_half(value), bits);
    ASSERT_EQ(to_half(-value), bits | 0x8000);
  }
  EXPECT_EQ(to_bfloat16(1.0F), 0x3F80);
  EXPECT_EQ(to_bfloat16(1.00390625F), 0x3F80);  // halfway: to even
}

}  // namespace
}  // namespace rbee::pool::synth
