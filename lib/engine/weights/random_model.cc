#include "engine/weights/random_model.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/weights/weight_memory.h"
#include "formats/half.h"
#include "formats/quantize.h"
#include "formats/weight_recipe.h"

namespace rbee::engine {
namespace {

using formats::DType;
using formats::TensorView;

using TensorMap = std::map<std::string, TensorView, std::less<>>;

/// How a tensor's values are drawn.
enum class Draw : std::uint8_t { kNormal, kOnes, kZeros };

Draw draw_of(const TensorView& tensor) {
  if (tensor.shape.size() > 1) return Draw::kNormal;
  return tensor.name.ends_with(".bias") ? Draw::kZeros : Draw::kOnes;
}

// No power of two, so that rows differ; of whole blocks of every type.
constexpr std::uint64_t kDrawnValues = 256 * 3907;

std::vector<float> drawn_values(Draw draw) {
  std::vector<float> values(kDrawnValues, draw == Draw::kOnes ? 1.0F : 0.0F);
  if (draw != Draw::kNormal) return values;
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 0.02F);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<std::byte> encode(const std::vector<float>& values, DType dtype) {
  std::vector<std::byte> bytes(formats::row_bytes(dtype, values.size()));
  if (formats::is_quantized(dtype)) {
    RBEE_CHECK(formats::quantize_row(dtype, values.data(), bytes.data(), values.size()));
    return bytes;
  }
  const std::size_t each = bytes.size() / values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto upper_half = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(values[i]) >> 16);
    const std::uint16_t narrow = dtype == DType::kF16 ? formats::float_to_half(values[i]) : upper_half;
    const void* from = dtype == DType::kF32 ? static_cast<const void*>(&values[i]) : &narrow;
    std::memcpy(bytes.data() + i * each, from, each);
  }
  return bytes;
}

// `bytes` bytes of the drawn values, over and over.
std::unique_ptr<WeightMemory> fill(Draw draw, DType dtype, std::uint64_t bytes) {
  auto memory = std::make_unique<WeightMemory>(bytes, "the random weights");
  const std::vector<std::byte> drawn = encode(drawn_values(draw), dtype);
  for (std::uint64_t at = 0; at < bytes; at += drawn.size()) {
    std::memcpy(memory->bytes().data() + at, drawn.data(), std::min<std::uint64_t>(drawn.size(), bytes - at));
  }
  return memory;
}

class RandomFiles final : public formats::ModelFiles {
 public:
  RandomFiles(std::unique_ptr<ModelFiles> hollow, TensorMap tensors)
      : hollow_(std::move(hollow)), tensors_(std::move(tensors)) {
    using Key = std::pair<Draw, DType>;
    std::map<Key, std::uint64_t> bytes;
    for (const auto& [name, tensor] : tensors_) {
      weight_bytes_ += tensor.bytes;
      std::uint64_t& most = bytes[{draw_of(tensor), tensor.dtype}];
      most = std::max(most, tensor.bytes);
    }
    std::map<Key, const std::byte*> places;
    for (const auto& [key, most] : bytes) {
      memory_.push_back(fill(key.first, key.second, most));
      places[key] = memory_.back()->bytes().data();
    }
    for (auto& [name, tensor] : tensors_) tensor.data = places.at({draw_of(tensor), tensor.dtype});
  }

  const formats::ModelConfig& config() const override { return hollow_->config(); }
  const formats::GenerationConfig& generation() const override { return hollow_->generation(); }
  const TensorMap& tensors() const override { return tensors_; }
  const formats::GgufFile* gguf() const override { return hollow_->gguf(); }
  const std::filesystem::path& folder() const override { return hollow_->folder(); }
  std::uint64_t weight_bytes() const override { return weight_bytes_; }

 private:
  const std::unique_ptr<ModelFiles> hollow_;
  TensorMap tensors_;  // constant after construction
  std::vector<std::unique_ptr<WeightMemory>> memory_;
  std::uint64_t weight_bytes_ = 0;
};

}  // namespace

std::unique_ptr<formats::ModelFiles> draw_weights(std::unique_ptr<formats::ModelFiles> hollow,
                                                  std::optional<DType> weights) {
  TensorMap tensors = hollow->tensors();
  if (weights) {
    for (const formats::RecipeTensor& matrix : formats::make_weight_recipe(*hollow, *weights).tensors) {
      TensorView& tensor = tensors.at(matrix.tensor->name);
      tensor.dtype = matrix.type;
      tensor.bytes = formats::row_bytes(tensor.dtype, tensor.shape[1]) * tensor.shape[0];
    }
  }
  return std::make_unique<RandomFiles>(std::move(hollow), std::move(tensors));
}

}  // namespace rbee::engine
