#include "formats/hf_model.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "formats/hf_config.h"
#include "formats/hf_generation.h"
#include "formats/limits.h"
#include "formats/model_folder.h"
#include "formats/safetensors.h"
#include "formats/safetensors_index.h"

namespace rbee::formats {
namespace {

namespace fs = std::filesystem;

using TensorMap = std::map<std::string, TensorView, std::less<>>;

class HfModel final : public ModelFiles {
 public:
  HfModel(fs::path folder, HfConfig config, GenerationConfig generation,
          std::vector<std::unique_ptr<SafetensorsFile>> shards, TensorMap tensors)
      : folder_(std::move(folder)),
        config_(std::move(config.model)),
        generation_(std::move(generation)),
        shards_(std::move(shards)),
        tensors_(std::move(tensors)),
        weight_bytes_(sum_bytes(tensors_)),
        hollow_(fs::exists(folder_ / kHollowMarkerName)) {}

  const ModelConfig& config() const override { return config_; }
  const GenerationConfig& generation() const override { return generation_; }
  const TensorMap& tensors() const override { return tensors_; }
  const GgufFile* gguf() const override { return nullptr; }
  const fs::path& folder() const override { return folder_; }
  std::vector<const MappedFile*> files() const override {
    std::vector<const MappedFile*> files;
    for (const auto& shard : shards_) files.push_back(&shard->file());
    return files;
  }
  std::uint64_t weight_bytes() const override { return weight_bytes_; }
  bool hollow() const override { return hollow_; }
  bool still_whole() const override {
    return std::all_of(shards_.begin(), shards_.end(), [](const auto& shard) { return shard->file().still_whole(); });
  }

 private:
  static std::uint64_t sum_bytes(const TensorMap& tensors) {
    std::uint64_t bytes = 0;  // each lies in a mapped file: their sum cannot wrap
    for (const auto& [name, tensor] : tensors) bytes += tensor.bytes;
    return bytes;
  }

  const fs::path folder_;
  const ModelConfig config_;
  const GenerationConfig generation_;
  const std::vector<std::unique_ptr<SafetensorsFile>> shards_;
  const TensorMap tensors_;
  const std::uint64_t weight_bytes_;
  const bool hollow_;
};

GenerationConfig read_generation(const fs::path& folder, const HfConfig& config) {
  GenerationConfig generation = config.generation;
  const fs::path path = folder / "generation_config.json";
  if (fs::exists(path)) {
    generation = merge_generation(generation,
                                  parse_hf_generation(read_file(path, kConfigJsonBytesMax), path.filename().string()));
  }
  if (generation.eos_ids.empty()) generation.eos_ids = config.fallback.eos_ids;
  if (!generation.bos_id) generation.bos_id = config.fallback.bos_id;
  return generation;
}

// The index decides which shard's tensor counts; a shard may hold tensors that the index does not list.
void add_shard(TensorMap& tensors, const SafetensorsFile& shard, const WeightMap& map, const std::string& shard_name) {
  for (const TensorView& tensor : shard.tensors()) {
    const auto listed = map.find(tensor.name);
    if (listed != map.end() && listed->second != shard_name) continue;
    if (!tensors.emplace(tensor.name, tensor).second) {
      fail(ErrorKind::kBadFile, "{}: tensor '{}' is in another shard, too, and the index does not list it", shard_name,
           tensor.name);
    }
  }
}

TensorMap open_shards(const fs::path& folder, std::vector<std::unique_ptr<SafetensorsFile>>& shards) {
  const fs::path index_path = folder / kSafetensorsIndexName;
  const WeightMap map =
      parse_safetensors_index(read_file(index_path, kIndexJsonBytesMax), index_path.filename().string());
  std::set<std::string> names;
  for (const auto& [tensor, shard] : map) names.insert(shard);
  TensorMap tensors;
  for (const std::string& name : names) {
    shards.push_back(std::make_unique<SafetensorsFile>(shard_path(folder, name)));
    add_shard(tensors, *shards.back(), map, name);
  }
  for (const auto& [tensor, shard] : map) {
    if (tensors.find(tensor) == tensors.end()) {
      fail(ErrorKind::kBadFile, "{}: tensor '{}' is not in its shard {}", index_path.filename().string(), tensor,
           shard);
    }
  }
  return tensors;
}

TensorMap open_single(const fs::path& folder, std::vector<std::unique_ptr<SafetensorsFile>>& shards) {
  shards.push_back(std::make_unique<SafetensorsFile>(folder / kSafetensorsName));
  TensorMap tensors;
  for (const TensorView& tensor : shards.back()->tensors()) tensors.emplace(tensor.name, tensor);
  return tensors;
}

}  // namespace

std::unique_ptr<ModelFiles> open_hf_model(const fs::path& folder) {
  const fs::path config_path = folder / "config.json";
  const HfConfig config = parse_hf_config(read_file(config_path, kConfigJsonBytesMax), config_path.filename().string(),
                                          model_folder_name(folder));
  GenerationConfig generation = read_generation(folder, config);
  std::vector<std::unique_ptr<SafetensorsFile>> shards;
  TensorMap tensors = fs::exists(folder / kSafetensorsName) ? open_single(folder, shards) : open_shards(folder, shards);
  return std::make_unique<HfModel>(folder, config, std::move(generation), std::move(shards), std::move(tensors));
}

}  // namespace rbee::formats
