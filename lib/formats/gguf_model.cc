#include "formats/gguf_model.h"

#include "base/error.h"
#include "formats/gguf.h"
#include "formats/gguf_config.h"

namespace rbee::formats {
namespace {

class GgufModel final : public ModelFiles {
 public:
  explicit GgufModel(std::unique_ptr<GgufFile> file)
      : file_(std::move(file)),
        config_(gguf_model_config(*file_)),
        generation_(gguf_generation_config(*file_, config_.vocab_size)),
        folder_(file_->path().has_parent_path() ? file_->path().parent_path() : std::filesystem::path(".")) {
    for (const auto& [name, tensor] : file_->tensors()) weight_bytes_ += tensor.bytes;
  }

  const ModelConfig& config() const override { return config_; }
  const GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, TensorView, std::less<>>& tensors() const override { return file_->tensors(); }
  const GgufFile* gguf() const override { return file_.get(); }
  const std::filesystem::path& folder() const override { return folder_; }
  std::vector<const MappedFile*> files() const override { return file_->files(); }
  std::uint64_t weight_bytes() const override { return weight_bytes_; }
  bool still_whole() const override { return file_->still_whole(); }

 private:
  const std::unique_ptr<GgufFile> file_;
  const ModelConfig config_;
  const GenerationConfig generation_;
  const std::filesystem::path folder_;
  std::uint64_t weight_bytes_ = 0;
};

}  // namespace

std::unique_ptr<ModelFiles> open_gguf_model(const std::filesystem::path& path) {
  auto model = std::make_unique<GgufModel>(GgufFile::open(path));
  if (model->tensors().empty()) {
    fail(ErrorKind::kBadFile, "{}: the file holds no tensors", path.filename().string());
  }
  return model;
}

}  // namespace rbee::formats
