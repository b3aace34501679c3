#include "engine/weights/quantized_model.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/joined_threads.h"
#include "engine/weights/source_identity.h"
#include "engine/weights/weight_cache.h"
#include "formats/safetensors.h"
#include "formats/test_files.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;
using formats::DType;
using formats::TensorView;

// A safetensors file opened as a model, without config.json.
class SmallModel final : public formats::ModelFiles {
 public:
  explicit SmallModel(const fs::path& folder) : folder_(folder), file_(folder / "model.safetensors") {
    for (const TensorView& tensor : file_.tensors()) {
      tensors_[tensor.name] = tensor;
      bytes_ += tensor.bytes;
    }
  }
  const formats::ModelConfig& config() const override { return config_; }
  const formats::GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, TensorView, std::less<>>& tensors() const override { return tensors_; }
  const formats::GgufFile* gguf() const override { return nullptr; }
  const fs::path& folder() const override { return folder_; }
  std::vector<const formats::MappedFile*> files() const override { return {&file_.file()}; }
  std::uint64_t weight_bytes() const override { return bytes_; }

 private:
  const fs::path folder_;
  const formats::SafetensorsFile file_;
  formats::ModelConfig config_;
  formats::GenerationConfig generation_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::uint64_t bytes_ = 0;
};

// 3000 x 256 and 2 x 32 matrices and a vector, all float32.
void write_model(const fs::path& folder, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, 0.02F);
  std::string data;
  for (int i = 0; i < 3000 * 256 + 2 * 32 + 256; ++i) data += formats::raw(normal(random));
  const std::string header = R"({"a.weight":{"dtype":"F32","shape":[3000,256],"data_offsets":[0,3072000]},)"
                             R"("b.weight":{"dtype":"F32","shape":[2,32],"data_offsets":[3072000,3072256]},)"
                             R"("norm.weight":{"dtype":"F32","shape":[256],"data_offsets":[3072256,3073280]}})";
  std::ofstream(folder / "model.safetensors", std::ios::binary) << formats::safetensors_file(header, data);
}

class QuantizedModelTest : public testing::Test {
 protected:
  QuantizedModelTest() {
    fs::create_directories(model());
    write_model(model(), 1);
  }

  fs::path model() const { return folder_.path() / "model"; }
  fs::path cached() const { return model() / ".rbee" / "q4_k.gguf"; }

  // Counts the bytes that were quantized; what is only checked counts the file's size.
  QuantizedModel quantize(std::uint32_t threads = 2, const fs::path& cache_folder = {}) {
    made_ = false;
    return quantize_model(std::make_unique<SmallModel>(model()),
                          {.type = DType::kQ4_K, .threads = threads, .cache_folder = cache_folder},
                          [this](std::uint64_t, std::uint64_t total) { made_ = made_ || total == 3072256; });
  }
  std::string bytes_of(const fs::path& path) const { return read_file(path, 1 << 24); }
  static std::string bytes_of(const TensorView& tensor) {
    return {reinterpret_cast<const char*>(tensor.data), tensor.bytes};
  }
  void change(const fs::path& path, std::size_t at) const {
    std::string bytes = bytes_of(path);
    bytes.at(at) ^= 1;
    fs::remove(path);  // the old file may be mapped
    std::ofstream(path, std::ios::binary) << bytes;
  }

  const formats::TestFolder folder_;
  bool made_ = false;
};

TEST_F(QuantizedModelTest, matrices_come_quantized_from_a_file_and_the_rest_from_the_model) {
  const QuantizedModel quantized = quantize();
  EXPECT_TRUE(made_);
  EXPECT_EQ(quantized.cache, cached());
  EXPECT_EQ(quantized.memory_bytes, 0U);
  const auto& tensors = quantized.files->tensors();
  EXPECT_EQ(tensors.at("a.weight").dtype, DType::kQ4_K);
  EXPECT_EQ(tensors.at("a.weight").bytes, 3000U * 144);
  EXPECT_EQ(tensors.at("b.weight").dtype, DType::kQ5_0);
  EXPECT_EQ(tensors.at("norm.weight").dtype, DType::kF32);
  EXPECT_EQ(quantized.files->weight_bytes(), 3000U * 144 + 2 * 22 + 1024);
  const SmallModel source(model());
  EXPECT_EQ(bytes_of(tensors.at("norm.weight")), bytes_of(source.tensors().at("norm.weight")));
  std::vector<float> row(256), back(256);
  formats::dequantize_row(DType::kF32, source.tensors().at("a.weight").data + 2999 * 1024, row.data(), 256);
  formats::dequantize_row(DType::kQ4_K, tensors.at("a.weight").data + 2999 * 144, back.data(), 256);
  for (std::size_t i = 0; i < 256; ++i) EXPECT_NEAR(row[i], back[i], 0.01);
}

TEST_F(QuantizedModelTest, the_second_start_makes_nothing_and_any_number_of_threads_makes_the_same) {
  quantize(1);
  const std::string first = bytes_of(cached());
  quantize(1);
  EXPECT_FALSE(made_);
  fs::remove(cached());
  quantize(7);
  EXPECT_TRUE(made_);
  EXPECT_EQ(bytes_of(cached()), first);
  EXPECT_FALSE(fs::exists(cached().string() + ".tmp"));
}

TEST_F(QuantizedModelTest, a_damaged_or_cut_file_is_made_again) {
  quantize();
  const std::string good = bytes_of(cached());
  for (const std::size_t at : {std::size_t{0}, std::size_t{40}, good.size() / 2, good.size() - 128}) {
    change(cached(), at);
    quantize();
    EXPECT_TRUE(made_) << "byte " << at;
    EXPECT_EQ(bytes_of(cached()), good);
  }
  for (const std::string& content : {std::string(), std::string("GGUF"), good.substr(0, good.size() - 1), good + "x"}) {
    fs::remove(cached());
    std::ofstream(cached(), std::ios::binary) << content;
    quantize();
    EXPECT_TRUE(made_) << content.size() << " bytes";
    EXPECT_EQ(bytes_of(cached()), good);
  }
}

TEST_F(QuantizedModelTest, other_weights_of_the_same_shape_make_it_stale) {
  quantize();
  const std::string first = bytes_of(cached());
  write_model(model(), 2);
  quantize();
  EXPECT_TRUE(made_);
  EXPECT_NE(bytes_of(cached()), first);
}

TEST_F(QuantizedModelTest, the_identity_is_that_of_names_places_times_and_content) {
  const std::string first = source_identity(SmallModel(model()));
  EXPECT_EQ(source_identity(SmallModel(model())), first);
  EXPECT_EQ(first.size(), 32U);
  const fs::path file = model() / "model.safetensors";
  const auto time = fs::last_write_time(file);
  std::string bytes = bytes_of(file);
  bytes[bytes.size() - 3] ^= 1;  // in the last sample; size and time stay
  std::ofstream(file, std::ios::binary) << bytes;
  fs::last_write_time(file, time);
  EXPECT_NE(source_identity(SmallModel(model())), first);
  bytes[bytes.size() - 3] ^= 1;
  std::ofstream(file, std::ios::binary) << bytes;
  fs::last_write_time(file, time);
  EXPECT_EQ(source_identity(SmallModel(model())), first);
  fs::last_write_time(file, time + std::chrono::seconds(1));
  EXPECT_NE(source_identity(SmallModel(model())), first);
}

TEST_F(QuantizedModelTest, where_the_model_cannot_be_written_the_cache_folder_takes_it) {
  std::ofstream(model() / ".rbee") << "a file where the folder would be";
  const QuantizedModel first = quantize(2, folder_.path() / "cache");
  EXPECT_TRUE(made_);
  EXPECT_EQ(first.cache.parent_path(), folder_.path() / "cache" / "weights");
  const QuantizedModel second = quantize(2, folder_.path() / "cache");
  EXPECT_FALSE(made_);
  EXPECT_EQ(second.cache, first.cache);
}

TEST_F(QuantizedModelTest, where_nothing_can_be_written_the_weights_are_in_memory) {
  const QuantizedModel on_disk = quantize();
  fs::remove_all(model() / ".rbee");
  std::ofstream(model() / ".rbee") << "a file where the folder would be";
  for (const fs::path& cache : {fs::path(), model() / "model.safetensors"}) {
    const QuantizedModel in_memory = quantize(2, cache);
    EXPECT_TRUE(in_memory.cache.empty());
    EXPECT_GT(in_memory.memory_bytes, 3000U * 144);
    EXPECT_EQ(bytes_of(in_memory.files->tensors().at("a.weight")), bytes_of(on_disk.files->tensors().at("a.weight")));
    EXPECT_TRUE(in_memory.files->still_whole());
  }
}

TEST_F(QuantizedModelTest, two_at_once_make_one_file) {
  std::vector<std::string> found(4);
  {
    JoinedThreads threads;
    for (std::string& bytes : found) {
      threads.start([this, &bytes] {
        const QuantizedModel quantized = quantize_model(std::make_unique<SmallModel>(model()),
                                                        {.type = DType::kQ4_K, .threads = 2, .cache_folder = {}},
                                                        [](std::uint64_t, std::uint64_t) {});
        bytes = quantized.cache.empty() ? "" : bytes_of(quantized.files->tensors().at("a.weight"));
      });
    }
  }
  EXPECT_FALSE(found[0].empty());
  for (const std::string& bytes : found) EXPECT_EQ(bytes, found[0]);
}

TEST_F(QuantizedModelTest, a_stopped_load_leaves_no_file) {
  const auto stop = [](std::uint64_t, std::uint64_t) { fail(ErrorKind::kCancelled, "stopped"); };
  EXPECT_EQ(formats::error_of([&] {
              quantize_model(std::make_unique<SmallModel>(model()),
                             {.type = DType::kQ8_0, .threads = 2, .cache_folder = {}}, stop);
            }),
            "cancelled: stopped");
  EXPECT_FALSE(fs::exists(model() / ".rbee" / "q8_0.gguf"));
  EXPECT_FALSE(fs::exists(model() / ".rbee" / "q8_0.gguf.tmp"));
}

TEST_F(QuantizedModelTest, a_value_that_is_no_number_is_named_and_nothing_is_kept) {
  const fs::path file = model() / "model.safetensors";
  std::string bytes = bytes_of(file);
  const std::string nan = formats::raw(std::numeric_limits<float>::quiet_NaN());
  bytes.replace(bytes.size() - 1024 - 256 - 1024 * 10, nan.size(), nan);
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_EQ(formats::error_of([&] { quantize(); }),
            "bad_file: tensor 'a.weight': row 2990 holds a value that is infinite, not a number or beyond 65504: it "
            "cannot be quantized to Q4_K");
  EXPECT_FALSE(fs::exists(cached()));
}

}  // namespace
}  // namespace rbee::engine
