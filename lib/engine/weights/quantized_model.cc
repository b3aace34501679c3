#include "engine/weights/quantized_model.h"

#include <map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/units.h"
#include "engine/weights/source_identity.h"
#include "engine/weights/weight_cache.h"

namespace rbee::engine {
namespace {

using formats::MappedFile;
using formats::ModelFiles;

// Of a file on disk, or of memory alone.
struct QuantizedBytes {
  std::unique_ptr<MappedFile> file;
  std::unique_ptr<WeightMemory> memory;
  std::filesystem::path path;  // of the file

  std::span<const std::byte> bytes() const { return file ? file->bytes() : std::as_const(*memory).bytes(); }
};

class QuantizedFiles final : public ModelFiles {
 public:
  QuantizedFiles(std::unique_ptr<ModelFiles> source, const formats::WeightRecipe& recipe,
                 const WeightCacheLayout& layout, QuantizedBytes quantized)
      : source_(std::move(source)),
        quantized_(std::move(quantized)),
        tensors_(source_->tensors()),
        weight_bytes_(recipe.model_bytes) {
    for (std::size_t i = 0; i < recipe.tensors.size(); ++i) {
      formats::TensorView& tensor = tensors_.at(recipe.tensors[i].tensor->name);
      tensor.dtype = recipe.tensors[i].type;
      tensor.data = quantized_.bytes().data() + layout.tensor_offset(i);
      tensor.bytes = formats::row_bytes(tensor.dtype, tensor.shape[1]) * tensor.shape[0];
    }
  }

  const formats::ModelConfig& config() const override { return source_->config(); }
  const formats::GenerationConfig& generation() const override { return source_->generation(); }
  const std::map<std::string, formats::TensorView, std::less<>>& tensors() const override { return tensors_; }
  const formats::GgufFile* gguf() const override { return source_->gguf(); }
  const std::filesystem::path& folder() const override { return source_->folder(); }
  std::vector<const MappedFile*> files() const override {
    std::vector<const MappedFile*> files = source_->files();
    if (quantized_.file) files.push_back(quantized_.file.get());
    return files;
  }
  std::uint64_t weight_bytes() const override { return weight_bytes_; }
  bool still_whole() const override {
    return source_->still_whole() && (!quantized_.file || quantized_.file->still_whole());
  }

 private:
  const std::unique_ptr<ModelFiles> source_;
  const QuantizedBytes quantized_;
  std::map<std::string, formats::TensorView, std::less<>> tensors_;  // constant after construction
  const std::uint64_t weight_bytes_;
};

// What keeps a file from being made, but not a model from being loaded.
bool is_about_the_place(const Error& error) {
  return error.kind() == ErrorKind::kIo || error.kind() == ErrorKind::kExhausted ||
         error.kind() == ErrorKind::kUnavailable;
}

QuantizedBytes find_or_make(const ModelFiles& source, const formats::WeightRecipe& recipe,
                            const WeightCacheLayout& layout, const QuantizeOptions& options,
                            const QuantizeProgress& progress) {
  const auto places = weight_cache_places(source, options.type, options.cache_folder);
  for (const std::filesystem::path& path : places) {
    if (auto file = open_weight_cache(path, layout, options.threads, progress)) return {std::move(file), nullptr, path};
  }
  log_info("quantizing {} to {} ({}): {}", human_bytes(recipe.bytes_before), human_bytes(recipe.bytes_after),
           recipe.text(), places.front().string());
  for (const std::filesystem::path& path : places) {
    try {
      return {make_weight_cache(path, source, recipe, layout, options.threads, progress), nullptr, path};
    } catch (const Error& error) {
      if (!is_about_the_place(error)) throw;
      log_warning("quantized weights cannot be kept there: {}", error.what());
      if (error.kind() == ErrorKind::kUnavailable) break;  // another process makes them: no second file elsewhere
    }
  }
  log_warning("the quantized weights are in memory alone: the next start makes them again");
  return {nullptr, quantize_into_memory(source, recipe, layout, options.threads, progress), {}};
}

}  // namespace

QuantizedModel quantize_model(std::unique_ptr<ModelFiles> source, const QuantizeOptions& options,
                              const QuantizeProgress& progress) {
  const formats::WeightRecipe recipe = formats::make_weight_recipe(*source, options.type);
  const WeightCacheLayout layout(recipe, source_identity(*source));
  QuantizedBytes quantized = find_or_make(*source, recipe, layout, options, progress);
  QuantizedModel model;
  model.text = recipe.text();
  model.cache = quantized.path;
  model.memory_bytes = model.cache.empty() ? layout.file_bytes() : 0;
  model.files = std::make_unique<QuantizedFiles>(std::move(source), recipe, layout, std::move(quantized));
  return model;
}

}  // namespace rbee::engine
