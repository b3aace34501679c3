#pragma once
// A model as it lies on disk, opened: a Hugging Face folder or a GGUF file, in one form.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/mapped_file.h"
#include "formats/model_config.h"
#include "formats/tensor_view.h"

namespace rbee::formats {

class GgufFile;  // gguf.h

/// An opened model. Its tensors stay valid as long as it lives. Immutable after construction: any thread may read.
class ModelFiles {
 public:
  virtual ~ModelFiles() = default;
  virtual const ModelConfig& config() const = 0;
  virtual const GenerationConfig& generation() const = 0;
  /// All tensors by the name the file gives them.
  virtual const std::map<std::string, TensorView, std::less<>>& tensors() const = 0;
  /// Non-null when the model is a GGUF file: its metadata holds the tokenizer and the chat template.
  virtual const GgufFile* gguf() const = 0;
  /// The folder of a Hugging Face model (tokenizer.json, tokenizer_config.json lie there), or the GGUF's folder.
  virtual const std::filesystem::path& folder() const = 0;
  /// The files that the tensors lie in.
  virtual std::vector<const MappedFile*> files() const { return {}; }
  /// Sum of the tensors' bytes.
  virtual std::uint64_t weight_bytes() const = 0;
  /// True for a model to measure with: its files have all of a model but the numbers, which are drawn when it is
  /// loaded.
  virtual bool hollow() const { return false; }
  /// False once a file on disk is shorter than what was mapped: reading its tensors may then raise SIGBUS.
  virtual bool still_whole() const { return true; }
};

/// Opens a model folder (config.json, *.safetensors, …) or a .gguf file (any part of a split one).
/// Every tensor's place in its file is checked here; tensor data is not read. Throws Error: kNotFound (no such path,
/// or what the folder lacks, by name), kBadFile (malformed, with file, field, found and expected), kUnsupported (an
/// unknown architecture, by name, with the list of known ones; a pickle file, never opened; a dtype).
std::unique_ptr<ModelFiles> open_model(const std::filesystem::path& path);

}  // namespace rbee::formats
