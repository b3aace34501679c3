#pragma once
// What a model on disk says of itself.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model_config.h"
#include "wire/pool/catalog_model.h"

namespace rbee::pool {

struct ModelFacts {
  std::string format;        ///< "safetensors" or "gguf"
  std::string quantization;  ///< the element type of most weight bytes: "BF16", "Q4_K", …
  std::uint64_t weight_bytes = 0;
  std::uint64_t parameters = 0;
  formats::ModelConfig config;
};

/// Opens the model folder or .gguf file, checks it whole, and reads no weights. Throws as formats::open_model().
ModelFacts read_model_facts(const std::filesystem::path& path);

/// As it is once a worker has quantized its weights on load. `weights`: "q8_0", "q4_0" or "q4_k"; empty: as the files
/// have them. Throws also Error: kBadRequest (another word), kUnsupported (there is nothing to quantize).
ModelFacts read_model_facts(const std::filesystem::path& path, std::string_view weights);

/// Its files with sizes, by path: those of the folder and of its subfolders, but nothing hidden and no links to
/// elsewhere; of a .gguf file that file, and the other parts of a split one. Throws Error: kNotFound, kBadFile (too
/// many, too deep), kIo.
std::vector<wire::ModelFile> list_model_files(const std::filesystem::path& path);

/// What workers have quantized of the model and keep beside it, with paths and sizes. Not among its files: it can be
/// made again at any time.
std::vector<wire::ModelFile> list_quantized_weights(const std::filesystem::path& path);

/// The folder that the files' paths are relative to.
std::filesystem::path model_files_folder(const std::filesystem::path& path);

/// Called while files are hashed, with the file, and the bytes of all files done and in all.
using FilesProgress = std::function<void(std::string_view file, std::uint64_t done, std::uint64_t total)>;

/// Fills in each file's sha256. Throws as sha256_of_file().
void hash_model_files(const std::filesystem::path& folder, std::vector<wire::ModelFile>& files,
                      const FilesProgress& progress);

/// Puts what the facts say into the catalog's entry.
void describe_model(wire::CatalogModel& model, const ModelFacts& facts);

}  // namespace rbee::pool
