#include "pool/model_facts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.h"
#include "formats/model_files.h"
#include "formats/weight_recipe.h"
#include "pool/digest.h"
#include "pool/limits.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

// "x-00001-of-00003.gguf" and its siblings have the same beginning and the same "-of-00003.gguf".
bool is_part_of(const std::string& name, const std::string& other) {
  constexpr std::size_t kNumberDigits = 5;
  constexpr std::size_t kEnding = std::string_view("-of-00003.gguf").size();
  if (name == other) return true;
  if (name.size() != other.size() || name.size() < kEnding + kNumberDigits) return false;
  const std::size_t ending = name.size() - kEnding;
  return name.compare(ending, 4, "-of-") == 0 && name.compare(ending, kEnding, other, ending, kEnding) == 0 &&
         name.compare(0, ending - kNumberDigits, other, 0, ending - kNumberDigits) == 0;
}

wire::ModelFile described(const fs::path& folder, const fs::path& file) {
  wire::ModelFile entry;
  entry.path = file.lexically_relative(folder).generic_string();
  entry.size = fs::file_size(file);
  if (!wire::is_inner_path(entry.path)) fail(ErrorKind::kBadFile, "{}: a file with an odd name", folder.string());
  return entry;
}

std::vector<wire::ModelFile> list_parts(const fs::path& file) {
  std::vector<wire::ModelFile> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(model_files_folder(file))) {
    if (entry.is_regular_file() && is_part_of(entry.path().filename().string(), file.filename().string())) {
      files.push_back(described(model_files_folder(file), entry.path()));
    }
  }
  return files;
}

std::vector<wire::ModelFile> list_folder(const fs::path& folder) {
  std::vector<wire::ModelFile> files;
  for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator(); ++it) {
    const bool hidden = it->path().filename().string().starts_with('.');
    if (it->is_directory() && (hidden || it->is_symlink())) it.disable_recursion_pending();
    if (it.depth() >= static_cast<int>(kFolderDepthMax)) {
      fail(ErrorKind::kBadFile, "{}: folders nested deeper than {}", folder.string(), kFolderDepthMax);
    }
    if (hidden || !it->is_regular_file()) continue;
    files.push_back(described(folder, it->path()));
    if (files.size() > kFolderFilesMax) {
      fail(ErrorKind::kBadFile, "{}: more than {} files", folder.string(), kFolderFilesMax);
    }
  }
  return files;
}

}  // namespace

ModelFacts read_model_facts(const fs::path& path) {
  return read_model_facts(path, "");
}

ModelFacts read_model_facts(const fs::path& path, std::string_view weights) {
  const std::unique_ptr<formats::ModelFiles> model = formats::open_model(path);
  formats::WeightRecipe recipe;
  if (!weights.empty()) {
    const std::optional<formats::DType> type = formats::parse_weight_type(weights);
    if (!type) {
      fail(ErrorKind::kBadRequest, "weights are quantized to {}, not to '{}'", formats::kWeightTypeWords, weights);
    }
    recipe = formats::make_weight_recipe(*model, *type);
  }
  ModelFacts facts;
  facts.format = model->gguf() != nullptr ? "gguf" : "safetensors";
  facts.config = model->config();
  facts.weight_bytes = model->weight_bytes();
  std::map<std::string, std::uint64_t> bytes_by_type;
  for (const auto& [name, tensor] : model->tensors()) {
    std::uint64_t elements = 1;
    for (const std::uint64_t dimension : tensor.shape) elements *= dimension;  // its size was checked when opened
    facts.parameters += elements;
    bytes_by_type[std::string(formats::dtype_info(tensor.dtype).name)] += tensor.bytes;
  }
  for (const formats::RecipeTensor& tensor : recipe.tensors) {
    const std::uint64_t bytes = formats::row_bytes(tensor.type, tensor.tensor->shape[1]) * tensor.tensor->shape[0];
    bytes_by_type[std::string(formats::dtype_info(tensor.tensor->dtype).name)] -= tensor.tensor->bytes;
    bytes_by_type[std::string(formats::dtype_info(tensor.type).name)] += bytes;
    facts.weight_bytes = facts.weight_bytes - tensor.tensor->bytes + bytes;
  }
  std::uint64_t most = 0;
  for (const auto& [type, bytes] : bytes_by_type) {
    if (bytes > most) facts.quantization = type;
    most = std::max(most, bytes);
  }
  return facts;
}

std::vector<wire::ModelFile> list_quantized_weights(const fs::path& path) {
  std::error_code error;
  const fs::path folder = model_files_folder(path);
  const std::string model = fs::is_directory(path, error) ? "" : path.stem().string();
  std::vector<wire::ModelFile> files;
  for (const formats::DType type : formats::kWeightTypes) {
    wire::ModelFile file;
    file.path = (fs::path(formats::kQuantizedFolder) / formats::quantized_file_name(model, type)).generic_string();
    file.size = fs::file_size(folder / file.path, error);
    if (!error) files.push_back(std::move(file));
  }
  return files;
}

fs::path model_files_folder(const fs::path& path) {
  return fs::is_directory(path) ? path : fs::absolute(path).parent_path();
}

std::vector<wire::ModelFile> list_model_files(const fs::path& path) {
  if (!fs::exists(path)) fail(ErrorKind::kNotFound, "{}: no such file or folder", path.string());
  try {
    std::vector<wire::ModelFile> files = fs::is_directory(path) ? list_folder(path) : list_parts(fs::absolute(path));
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
  } catch (const fs::filesystem_error& error) {
    fail(ErrorKind::kIo, "{}: cannot list: {}", path.string(), error.code().message());
  }
}

void hash_model_files(const fs::path& folder, std::vector<wire::ModelFile>& files, const FilesProgress& progress) {
  std::uint64_t total = 0, before = 0;
  for (const wire::ModelFile& file : files) total += file.size;
  for (wire::ModelFile& file : files) {
    file.sha256 = sha256_of_file(folder / file.path, [&](std::uint64_t done) {
      if (progress) progress(file.path, before + done, total);
    });
    before += file.size;
  }
}

void describe_model(wire::CatalogModel& model, const ModelFacts& facts) {
  constexpr double kGigabyte = 1e9;
  model.format = facts.format;
  model.architecture = formats::architecture_name(facts.config.architecture);
  model.size_gb = static_cast<double>(facts.weight_bytes / 1'000'000) * 1e6 / kGigabyte;
  if (facts.weight_bytes < 10'000'000) model.size_gb = static_cast<double>(facts.weight_bytes / 1000) * 1e3 / kGigabyte;
  model.metadata.context_length = facts.config.context_length;
  model.metadata.vocab_size = facts.config.vocab_size;
  model.metadata.quantization = facts.quantization;
}

}  // namespace rbee::pool
